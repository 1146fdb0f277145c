#include "edge/passphrase.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <termios.h>

#include <sodium.h>

/* What came while the echo is off; the process dies of it once the echo is back. */
static volatile sig_atomic_t caught_signal;
static const int ENDING_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDING_SIGNAL_COUNT (sizeof(ENDING_SIGNALS) / sizeof(ENDING_SIGNALS[0]))

static void catch_signal(int number)
{
    caught_signal = number;
}

/* Without SA_RESTART: a signal ends the reading. */
static void hold_signals(struct sigaction before[ENDING_SIGNAL_COUNT])
{
    struct sigaction caught = {.sa_handler = catch_signal};
    sigemptyset(&caught.sa_mask);
    caught_signal = 0;
    for (size_t i = 0; i < ENDING_SIGNAL_COUNT; i++)
        sigaction(ENDING_SIGNALS[i], &caught, &before[i]);
}

static void release_signals(const struct sigaction before[ENDING_SIGNAL_COUNT])
{
    for (size_t i = 0; i < ENDING_SIGNAL_COUNT; i++)
        sigaction(ENDING_SIGNALS[i], &before[i], NULL);
    if (caught_signal != 0)
        raise((int)caught_signal);
}

/* One line from the terminal without echo. False at its end, or when it is too long. */
static bool ask(FILE *terminal, const char *prompt, const char *subject, mz_buf *out)
{
    struct termios before, silent;
    struct sigaction actions[ENDING_SIGNAL_COUNT];
    fprintf(terminal, "%s %s: ", prompt, subject);
    fflush(terminal);
    if (tcgetattr(fileno(terminal), &before) != 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    hold_signals(actions);
    int byte = EOF;
    if (tcsetattr(fileno(terminal), TCSAFLUSH, &silent) == 0) {
        while (caught_signal == 0 && (byte = fgetc(terminal)) != EOF && byte != '\n') {
            uint8_t one = (uint8_t)byte;
            mz_buf_put(out, (mz_view){&one, 1});
        }
        tcsetattr(fileno(terminal), TCSAFLUSH, &before);
        fputc('\n', terminal);
    }
    if (caught_signal != 0 && out->data != NULL)
        sodium_memzero(out->data, out->size);
    release_signals(actions);
    return byte == '\n' && !out->failed;
}

static mz_status ask_for(mz_language language, const char *subject, bool is_new, mz_buf *out,
                         mz_reason *why)
{
    const bool zh = language == MZ_CHINESE;
    FILE *terminal = fopen("/dev/tty", "r+");
    if (terminal == NULL)
        return mz_refuse(why, MZ_BAD_KEY_FILE, mz_words("path", subject),
                         mz_words("cause", MZ_BOTH("没有口令（终端或 --passphrase-file）",
                                                   "no passphrase (terminal or "
                                                   "--passphrase-file)")));
    mz_status status = MZ_OK;
    mz_buf again;
    setvbuf(terminal, NULL, _IONBF, 0); /* leaves no copy of what is typed */
    mz_buf_init(&again, out->size_max);
    bool fine = ask(terminal, zh ? "口令" : "Passphrase of", subject, out);
    if (fine && is_new)
        fine = ask(terminal, zh ? "再输一次" : "Once more, of", subject, &again) &&
               mz_view_equal(mz_buf_view(out), mz_buf_view(&again));
    if (!fine)
        status = mz_refuse(why, MZ_BAD_KEY_FILE, mz_words("path", subject),
                           mz_words("cause", MZ_BOTH("口令没有读到，或两次不一致",
                                                     "the passphrase could not be read, or the "
                                                     "two differ")));
    mz_passphrase_wipe(&again);
    fclose(terminal);
    return status;
}

mz_status mz_passphrase_ask(mz_language language, const char *subject, mz_buf *out, mz_reason *why)
{
    return ask_for(language, subject, false, out, why);
}

mz_status mz_passphrase_choose(mz_language language, const char *subject, mz_buf *out,
                               mz_reason *why)
{
    return ask_for(language, subject, true, out, why);
}

void mz_passphrase_wipe(mz_buf *passphrase)
{
    if (passphrase->data != NULL)
        sodium_memzero(passphrase->data, passphrase->size);
    mz_buf_clear(passphrase);
}

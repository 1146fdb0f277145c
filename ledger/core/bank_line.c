/* bank_line.c — one line of a bank statement, and the entries that share it. */
#include "core/booking.h"

static mz_key_bytes bank_line_key(const mz_act *act, mz_view bank_ref)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_BANK_LINE);
    mz_key_add_text(&key, mz_id_view(act->fund.account));
    mz_key_add_u8(&key, 0);
    mz_key_add_text(&key, bank_ref);
    return key;
}

mz_status mz_bank_line_use(mz_act *act, mz_view bank_ref, uint32_t direction, int64_t amount_fen,
                           int64_t bank_total_fen)
{
    const mz_key_bytes key = bank_line_key(act, bank_ref);
    mz_bank_line line;
    const mz_status status = mz_state_load(act->changes, &key, &line, sizeof line, act->why);
    if (status == MZ_NOT_FOUND)
        line = (mz_bank_line){.total_fen = bank_total_fen, .direction = direction};
    else if (status != MZ_OK)
        return status;
    else if (bank_total_fen == 0 || bank_total_fen != line.total_fen || direction != line.direction)
        return mz_refuse(act->why, MZ_BANK_REF_TAKEN, mz_words_view("bank_ref", bank_ref));
    if (bank_total_fen != 0 && amount_fen > bank_total_fen - line.used_fen)
        return mz_refuse(act->why, MZ_BANK_LINE_OVER, mz_words_view("bank_ref", bank_ref),
                         mz_fen("total", bank_total_fen), mz_fen("used", line.used_fen),
                         mz_fen("asked", amount_fen));
    line.used_fen += amount_fen;
    line.count++;
    return mz_state_store(act->changes, &key, &line, sizeof line, act->why);
}

mz_status mz_bank_line_free(mz_act *act, mz_view bank_ref, int64_t amount_fen)
{
    const mz_key_bytes key = bank_line_key(act, bank_ref);
    mz_bank_line line;
    const mz_status status = mz_state_load(act->changes, &key, &line, sizeof line, act->why);
    if (status == MZ_NOT_FOUND ||
        (status == MZ_OK && (line.count == 0 || line.used_fen < amount_fen)))
        return mz_refuse_corrupt(act->why, "a bank line does not hold what was recorded on it");
    if (status != MZ_OK)
        return status;
    line.used_fen -= amount_fen;
    line.count--;
    if (line.count == 0)
        return mz_state_erase(act->changes, &key, act->why);
    return mz_state_store(act->changes, &key, &line, sizeof line, act->why);
}

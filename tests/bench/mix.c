#include "mix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/uuid.h"
#include "log_fixture.h"

#define ENTRIES_PER_STEP 22 /* of one fund, roughly */
#define STEP_MS (INT64_C(10) * MZ_DAY_MS)
#define SEATS_MAX 7
#define STAGES 4 /* a proposal is filed, and finished three steps later */
#define TEXT_SIZE_MAX 1500
#define BODY_SIZE_MAX 1000
#define DIGEST_TEXT_SIZE 44 /* 32 bytes in base64url */

enum { REG_A, REG_B, AUDITOR, REVIEWER, CASHIER, OFFICER_COUNT };

typedef struct filing {
    size_t index;
    char hash[65];
} filing;

typedef struct fund {
    uint32_t number; /* from 1 */
    uint32_t steward, supervisor, members[SEATS_MAX];
    unsigned seats;
    unsigned bank_line_count, need_count;
    filing filings[STAGES];
} fund;

typedef struct maker {
    mz_mix *mix;
    size_t entry_max;
    size_t texts_max;
    mz_hasher *hasher;
    mz_buf payload, jws;
    bool timeless;
} maker;

static void must(bool holds)
{
    if (!holds) {
        fprintf(stderr, "mix: it cannot be made\n");
        abort();
    }
}

int64_t mz_mix_log_ms(const mz_mix *mix, size_t index)
{
    size_t batch = index == 0 ? 0 : 1 + (index - 1) / mix->batch_size;
    return mix->start_ms + (int64_t)batch * mix->batch_ms;
}

mz_view mz_mix_text(const mz_mix *mix, size_t index)
{
    return (mz_view){mix->texts + mix->entries[index].offset, mix->entries[index].size};
}

static void jti_text(const mz_mix *mix, size_t index, char text[MZ_UUID_TEXT_SIZE])
{
    uint8_t jti[16];
    mz_sample_jti(index, mz_mix_log_ms(mix, index), jti);
    mz_uuid_text(jti, text);
}

static void day_text(const mz_mix *mix, char text[MZ_DAY_TEXT_SIZE])
{
    mz_day_text(mz_day_of_ms(mz_mix_log_ms(mix, mix->entry_count)), text);
}

static bool is_full(const maker *m)
{
    return m->mix->entry_count == m->entry_max;
}

static void keep(maker *m, uint32_t signer, const fund *of, mz_view jws)
{
    mz_mix *mix = m->mix;
    must(mix->texts_size + jws.size <= m->texts_max);
    mix->entries[mix->entry_count] = (mz_mix_entry){.offset = mix->texts_size,
                                                    .size = jws.size,
                                                    .signer = signer,
                                                    .fund = of == NULL ? 0 : of->number};
    memcpy(mix->texts + mix->texts_size, jws.data, jws.size);
    mix->texts_size += jws.size;
    mix->entry_count++;
}

/* Fills the payload up with a note to a size between 390 and 500 bytes, which makes leaves of 750
 * to 890. Bodies that are longer by themselves stay as they are. */
static void put_note(mz_buf *payload, size_t index)
{
    static const char WORDS[] = "由社区工作者登记，凭证已存档，请各位委员与监督员核对。";
    size_t want = 390 + index * 37 % 110;
    if (payload->size + 24 > want)
        return;
    size_t room = (want - payload->size - 12) / 3 * 3;
    mz_buf_put_text(payload, ",\"note\":\"");
    while (room > 0) {
        size_t part = room < sizeof WORDS - 1 ? room : sizeof WORDS - 1;
        mz_buf_put(payload, (mz_view){(const uint8_t *)WORDS, part});
        room -= part;
    }
    mz_buf_put_text(payload, "\"");
}

/* One more entry, unless there are enough. In `format` a single quote stands for a double one, and
 * the body is without its last brace. Returns its index. */
static size_t emit(maker *m, uint32_t signer, const char *event, const fund *of, const char *format,
                   ...) __attribute__((format(printf, 5, 6)));
static size_t emit(maker *m, uint32_t signer, const char *event, const fund *of, const char *format,
                   ...)
{
    size_t index = m->mix->entry_count;
    char body[BODY_SIZE_MAX];
    char jti[MZ_UUID_TEXT_SIZE];
    if (is_full(m))
        return index;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    must(size > 0 && (size_t)size < sizeof body);
    for (int i = 0; i < size; i++)
        if (body[i] == '\'')
            body[i] = '"';
    jti_text(m->mix, index, jti);
    mz_buf_reset(&m->payload);
    mz_buf_put_format(&m->payload,
                      "{\"aud\":\"" MZ_SAMPLE_ORIGIN
                      "\",\"jti\":\"%s\",\"iat\":%lld,\"type\":\"%s\",",
                      jti, (long long)(mz_mix_log_ms(m->mix, index) / 1000), event);
    if (of != NULL)
        mz_buf_put_format(&m->payload, "\"fund\":\"fund-%u\",", of->number);
    mz_buf_put_format(&m->payload, "\"body\":%s", body);
    put_note(&m->payload, index);
    mz_buf_put_text(&m->payload, "}}");
    mz_buf_reset(&m->jws);
    must(!m->payload.failed && mz_jws_sign(&m->mix->signers[signer], MZ_JWS_TYP_ENTRY,
                                           mz_buf_view(&m->payload), &m->jws, NULL) == MZ_OK);
    keep(m, signer, of, mz_buf_view(&m->jws));
    return index;
}

static uint32_t add_person(maker *m, const char *name)
{
    mz_sample_signer(name, &m->mix->signers[m->mix->signer_count]);
    return (uint32_t)m->mix->signer_count++;
}

static void confirm(maker *m, const fund *of, size_t target)
{
    char jti[MZ_UUID_TEXT_SIZE];
    jti_text(m->mix, target, jti);
    emit(m, REG_B, "registry.confirmed", of, "{'target':'%s'", jti);
}

static void enrol(maker *m, uint32_t who, const char *name, const char *role, const char *more)
{
    mz_buf key;
    mz_buf_init(&key, 1000);
    (void)who;
    mz_sample_put_key(&key, name, name);
    must(!key.failed);
    size_t index = emit(m, REG_A, "actor.enrolled", NULL, "{'actor':'%s','role':'%s',%s%s", name,
                        role, (const char *)key.data, more);
    mz_buf_clear(&key);
    confirm(m, NULL, index);
}

static uint32_t new_person(maker *m, const char *kind, const fund *of, unsigned which,
                           const char *role, const char *more)
{
    char name[40];
    snprintf(name, sizeof name, "%s-%u-%u", kind, of->number, which);
    uint32_t who = add_person(m, name);
    enrol(m, who, name, role, more);
    return who;
}

static void open_log(maker *m)
{
    static const char *const NAMES[OFFICER_COUNT] = {"reg-a", "reg-b", "aud-a", "rev-a", "cash-a"};
    static const char *const ROLES[OFFICER_COUNT] = {NULL, NULL, "auditor", "reviewer", "cashier"};
    for (size_t i = 0; i < OFFICER_COUNT; i++)
        add_person(m, NAMES[i]);
    mz_buf_reset(&m->jws);
    mz_sample_genesis(m->mix->start_ms, &m->jws);
    keep(m, REG_A, NULL, mz_buf_view(&m->jws));
    for (uint32_t i = AUDITOR; i < OFFICER_COUNT; i++)
        enrol(m, i, NAMES[i], ROLES[i], "");
}

static void seat(maker *m, fund *f)
{
    char members[SEATS_MAX * 20] = "";
    for (unsigned i = 0; i < f->seats; i++) {
        size_t used = strlen(members);
        f->members[i] = new_person(m, "mem", f, i, "member", "");
        snprintf(members + used, sizeof members - used, "%s'mem-%u-%u'", i == 0 ? "" : ",",
                 f->number, i);
    }
    f->supervisor = new_person(m, "sup", f, 0, "supervisor", "");
    size_t index = emit(m, REG_A, "committee.seated", f,
                        "{'members':[%s],'chair':'mem-%u-0','alternates':[],"
                        "'supervisors':['sup-%u-0'],'term_ends':'2045-12-31'",
                        members, f->number, f->number);
    confirm(m, f, index);
}

static void open_fund(maker *m, fund *f)
{
    char more[60];
    char jti[MZ_UUID_TEXT_SIZE];
    char today[MZ_DAY_TEXT_SIZE];
    emit(m, REG_A, "fund.opened", f,
         "{'name':'第%u社区发展基金','community':'第%u社区','agreement_no':'G-%u',"
         "'account':'bank-%u','profile':{'goods_cap_fen':20000}",
         f->number, f->number, f->number, f->number);
    emit(m, REG_A, "purpose.defined", f,
         "{'purpose':'elders','text':'为老服务','categories':['activity','visit','care']");
    snprintf(more, sizeof more, ",'funds':['fund-%u']", f->number);
    f->steward = new_person(m, "stew", f, 0, "steward", more);
    seat(m, f);
    for (unsigned i = 0; i < 3; i++) {
        size_t index =
            emit(m, f->steward, "party.registered", NULL,
                 "{'party':'party-%u-%u','kind':'collective','name':'第%u服务队'", f->number, i, i);
        jti_text(m->mix, index, jti);
        emit(m, REVIEWER, "party.verified", NULL, "{'registration':'%s'", jti);
    }
    day_text(m->mix, today);
    emit(
        m, f->steward, "source.registered", f,
        "{'source':'source-%u','kind':'partner','party':'party-%u-0','agreement':{"
        "'service_type':'助餐','hours':'每日','operation':'自营','liability':'自负','share':'5%%'},"
        "'gratuitous':false,'signed_on':'%s','evidence':[{'sha256':'%064u','size':1000,"
        "'media_type':'image/png','name':'a.png','visibility':'public'}]",
        f->number, f->number, today, f->number);
}

/* An income, recorded and confirmed: by turns a gift and a partner's share. */
static void income(maker *m, fund *f, unsigned step, unsigned which)
{
    char today[MZ_DAY_TEXT_SIZE];
    char jti[MZ_UUID_TEXT_SIZE];
    char receipt[80];
    long long amount_fen = 30000 + (long long)(step * 7919 + which * 104729 + f->number) % 50000;
    const char *purpose = which % 3 == 0 ? "elders" : "general";
    day_text(m->mix, today);
    size_t index =
        which % 2 == 0
            ? emit(m, f->steward, "income.recorded", f,
                   "{'kind':'donation','amount_fen':%lld,'received_on':'%s','purpose':'%s'",
                   amount_fen, today, purpose)
            : emit(m, f->steward, "income.recorded", f,
                   "{'kind':'partner_share','amount_fen':%lld,'received_on':'%s','purpose':'%s',"
                   "'earned_to':'%s','source':'source-%u'",
                   amount_fen, today, purpose, today, f->number);
    unsigned line = f->bank_line_count++;
    snprintf(receipt, sizeof receipt,
             which % 2 == 0 ? "'receipt_no':'R-%u-%u'" : "'receipt_waived':'非捐赠收入'", f->number,
             line);
    jti_text(m->mix, index, jti);
    day_text(m->mix, today);
    emit(m, CASHIER, "income.confirmed", f,
         "{'income':'%s','amount_fen':%lld,'purpose':'%s','booked_on':'%s',"
         "'bank_ref':'IN-%u-%u',%s,'evidence':[{'sha256':'%064zu','size':48211,"
         "'media_type':'image/png','name':'slip.png'}]",
         jti, amount_fen, purpose, today, f->number, line, receipt, m->mix->entry_count);
}

static bool is_rejected(unsigned step)
{
    return step % 10 == 7;
}

static void file(maker *m, fund *f, unsigned step)
{
    char jti[MZ_UUID_TEXT_SIZE];
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    filing *filed = &f->filings[step % STAGES];
    filed->index = emit(m, f->steward, "proposal.filed", f,
                        "{'proposal':'prop-%u-%u','title':'第%u次探访活动','category':'visit',"
                        "'why':'居民提议','payees':[{'party':'party-%u-1','cap_fen':60000},"
                        "{'party':'party-%u-2','cap_fen':60000}],"
                        "'draws':[{'purpose':'elders','amount_fen':30000},"
                        "{'purpose':'general','amount_fen':50000}]",
                        f->number, step, step, f->number, f->number);
    if (filed->index == m->mix->entry_count)
        return; /* there are enough entries */
    m->mix->proposal_count++;
    mz_leaf_prefix(mz_mix_log_ms(m->mix, filed->index), prefix);
    mz_view parts[] = {mz_view_of(prefix), mz_mix_text(m->mix, filed->index)};
    mz_hash hash = mz_merkle_leaf_hash_parts(m->hasher, parts, 2);
    mz_hex_32(hash.bytes, filed->hash);
    if (step % 10 == 3) {
        size_t index = emit(m, f->supervisor, "objection.filed", f,
                            "{'proposal':'prop-%u-%u','channel':'meeting','text':'人数如何统计？'",
                            f->number, step);
        jti_text(m->mix, index, jti);
        emit(m, f->members[0], "objection.answered", f, "{'objection':'%s','text':'按签到表统计。'",
             jti);
    }
}

static void vote(maker *m, fund *f, unsigned step)
{
    const filing *filed = &f->filings[step % STAGES];
    unsigned deciding = (f->seats + 1) / 2;
    unsigned ballots = is_rejected(step) ? deciding : deciding + 1;
    for (unsigned i = 0; i < ballots; i++) {
        bool rejects = is_rejected(step) || i == 0;
        emit(m, f->members[i], "vote.cast", f,
             "{'proposal':'prop-%u-%u','filing_sha256':'%s','epoch':1,'choice':'%s'", f->number,
             step, filed->hash, rejects ? "reject" : "approve");
    }
}

/* Of what the next entry seals: who received. */
static void sealed_digest(const maker *m, char digest[DIGEST_TEXT_SIZE])
{
    uint8_t bytes[32] = {0};
    mz_be64_put(bytes,
                m->mix->entry_count * UINT64_C(0x9e3779b97f4a7c15)); /* spread, as hashes are */
    mz_base64url_32(bytes, digest);
}

static void pay(maker *m, fund *f, unsigned step)
{
    char today[MZ_DAY_TEXT_SIZE], digest[DIGEST_TEXT_SIZE];
    unsigned parts = step % 2 == 0 ? 2 : 1;
    emit(m, f->members[0], "application.sent", f, "{'proposal':'prop-%u-%u'", f->number, step);
    emit(m, REVIEWER, "application.approved", f,
         "{'proposal':'prop-%u-%u','draws':[{'purpose':'elders','amount_fen':30000},"
         "{'purpose':'general','amount_fen':50000}]",
         f->number, step);
    for (unsigned i = 0; i < parts; i++) {
        day_text(m->mix, today);
        sealed_digest(m, digest);
        emit(m, CASHIER, "payout.made", f,
             "{'proposal':'prop-%u-%u','party':'party-%u-%u','draws':["
             "{'purpose':'elders','amount_fen':%u},{'purpose':'general','amount_fen':%u}],"
             "'booked_on':'%s','bank_ref':'OUT-%u-%u','recipient_count':12,'_sd':['%s']",
             f->number, step, f->number, 1 + i, 30000 / parts, parts == 1 ? 30000u : 25000u, today,
             f->number, f->bank_line_count++, digest);
    }
    emit(m, f->steward, "project.completed", f,
         "{'proposal':'prop-%u-%u','summary':'已完成，居民满意。','people_served':%u", f->number,
         step, 20 + step % 30);
}

/* The supervisor confirms what came in or went out. */
static void confirm_goods(maker *m, fund *f, size_t index)
{
    char jti[MZ_UUID_TEXT_SIZE];
    jti_text(m->mix, index, jti);
    emit(m, f->supervisor, "goods.confirmed", f, "{'target':'%s'", jti);
}

/* Rice comes in every fourth step and goes out in the two after it. */
static void goods(maker *m, fund *f, unsigned step)
{
    if (step % 4 == 0)
        confirm_goods(m, f,
                      emit(m, f->steward, "goods.received", f,
                           "{'item':'rice','unit':'袋','quantity':%u,'value_fen':%u,"
                           "'basis':'超市标价','party':'party-%u-0'",
                           20 + step % 7, 80000 + step % 900, f->number));
    else if (step % 4 < 3)
        confirm_goods(m, f,
                      emit(m, f->steward, "goods.issued", f,
                           "{'item':'rice','quantity':%u,'value_fen':%u,'recipient_count':%u",
                           5 + step % 3, 15000 + step % 900, 5 + step % 3));
}

/* What neighbours lack, every fifth step, with two endorsements. */
static void need(maker *m, fund *f, unsigned step)
{
    if (step % 5 != 0)
        return;
    unsigned number = f->need_count++;
    emit(m, f->steward, "need.listed", f,
         "{'need':'need-%u-%u','kind':'wishes','item':'lamp','count':1,'channel':'visit'",
         f->number, number);
    for (unsigned i = 0; i < 2; i++)
        emit(m, f->members[i], "need.endorsed", f, "{'need':'need-%u-%u'", f->number, number);
}

static void withdraw(maker *m, fund *f, unsigned step)
{
    emit(m, f->steward, "proposal.withdrawn", f, "{'proposal':'prop-%u-%u','reason':'改期再办。'",
         f->number, step);
}

static void take_step(maker *m, fund *f, unsigned step)
{
    for (unsigned i = 0; i < 4 + step % 2; i++)
        income(m, f, step, i);
    goods(m, f, step);
    need(m, f, step);
    file(m, f, step);
    if (step >= 1)
        emit(m, f->supervisor, "opinion.given", f, "{'proposal':'prop-%u-%u','text':'符合章程。'",
             f->number, step - 1);
    if (step >= 2 && m->timeless)
        withdraw(m, f, step - 2);
    if (m->timeless)
        return;
    if (step >= 2)
        vote(m, f, step - 2);
    if (step >= 3 && !is_rejected(step - 3))
        pay(m, f, step - 3);
}

/* One after another, as they would come: every fund takes its step before the next one. */
static void fill(maker *m, fund *funds, size_t fund_count)
{
    static const unsigned SEATS[] = {3, 5, 3, 7, 3, 5, 3, 5, 3, 3};
    open_log(m);
    for (size_t i = 0; i < fund_count; i++) {
        funds[i].number = (uint32_t)i + 1;
        funds[i].seats = SEATS[i % 10];
        open_fund(m, &funds[i]);
    }
    m->mix->founding_count = m->mix->entry_count;
    for (unsigned step = 0; !is_full(m); step++)
        for (size_t i = 0; i < fund_count; i++)
            take_step(m, &funds[i], step);
}

mz_mix *mz_mix_make(const mz_mix_plan *plan)
{
    mz_mix *mix = calloc(1, sizeof *mix);
    fund *funds = calloc(plan->fund_count, sizeof *funds);
    must(mix != NULL && funds != NULL && plan->entry_count > 0 && plan->batch_size > 0);
    maker m = {.mix = mix,
               .entry_max = plan->entry_count,
               .texts_max = plan->entry_count * TEXT_SIZE_MAX + 4096,
               .hasher = mz_hasher_new(),
               .timeless = plan->timeless};
    mz_buf_init(&m.payload, MZ_PAYLOAD_SIZE_MAX);
    mz_buf_init(&m.jws, MZ_JWS_SIZE_MAX);
    mix->batch_size = plan->batch_size;
    mix->start_ms = plan->start_ms;
    if (!plan->timeless)
        mix->batch_ms =
            STEP_MS * (int64_t)plan->batch_size / (int64_t)(plan->fund_count * ENTRIES_PER_STEP);
    mix->entries = calloc(plan->entry_count, sizeof *mix->entries);
    mix->texts = malloc(m.texts_max); /* untouched pages cost nothing */
    mix->signers = calloc(OFFICER_COUNT + plan->fund_count * (SEATS_MAX + 2), sizeof *mix->signers);
    must(m.hasher != NULL && mix->entries != NULL && mix->texts != NULL && mix->signers != NULL);
    fill(&m, funds, plan->fund_count);
    mz_buf_clear(&m.payload);
    mz_buf_clear(&m.jws);
    mz_hasher_free(m.hasher);
    free(funds);
    return mix;
}

mz_mix *mz_mix_new(size_t fund_count, size_t entry_count, size_t batch_size)
{
    const mz_mix_plan plan = {.fund_count = fund_count,
                              .entry_count = entry_count,
                              .batch_size = batch_size,
                              .start_ms = MZ_SAMPLE_START_MS};
    return mz_mix_make(&plan);
}

void mz_mix_free(mz_mix *mix)
{
    if (mix == NULL)
        return;
    free(mix->entries);
    free(mix->texts);
    free(mix->signers);
    free(mix);
}

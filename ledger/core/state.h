/* state.h — what the rules remember between entries. One record per thing, in MZ_TABLE_STATE, keyed
 * by a kind and the thing's number; every record is here and nowhere else.
 *
 * A thing is known by the index of the entry that made it (`mz_ref`; entry 0 opens the log, so 0
 * can mean "none", and for a purpose "general"). A † thing is known by the index of the entry that
 * was confirmed, though it exists only from the confirmation on. Actors, of which entry 0 makes
 * two, are numbered from 1 in order of taking effect.
 *
 * Records are images of the structs below: little-endian, no padding (asserted), list tails after
 * them. The state never leaves the machine: it is rebuilt from the entries by the rules, and an
 * audit never reads it. Keys are big-endian, so that their order is numeric. */
#ifndef MZ_CORE_STATE_H
#define MZ_CORE_STATE_H

#include "core/changes.h"
#include "core/entry.h"
#include "core/key.h"

typedef uint64_t mz_ref;
typedef uint32_t mz_actor_no;
#define MZ_NEVER UINT64_MAX /* an index that has not come */
#define MZ_NO_DAY INT32_MAX
#define MZ_NO_TIME INT64_MAX
#define MZ_GENERAL ((mz_ref)0) /* the purpose `general` of any fund */

/* First byte of a key. Stored; numbers stay. */
typedef enum mz_kind {
    MZ_KIND_LEDGER = 1,   /* -> mz_ledger */
    MZ_KIND_NAME = 2,     /* name kind, be64 scope (a fund, or 0), text -> be64 ref or actor no */
    MZ_KIND_ACTOR = 3,    /* be32 actor no -> mz_actor, funds */
    MZ_KIND_KEY = 4,      /* 32-byte thumbprint -> mz_actor_key */
    MZ_KIND_PENDING = 5,  /* be64 index -> mz_pending, payload text */
    MZ_KIND_EFFECT = 6,   /* be64 number from 1 -> mz_effect */
    MZ_KIND_FUND = 10,    /* be64 -> mz_fund */
    MZ_KIND_SEATING = 11, /* be64 fund, be32 epoch -> mz_seating, actor nos */
    MZ_KIND_PURPOSE = 12, /* be64 -> mz_purpose */
    MZ_KIND_BUCKET = 13,  /* be64 fund, be64 purpose -> mz_bucket */
    MZ_KIND_PARTY = 20,   /* be64 -> mz_party */
    MZ_KIND_REGISTRATION = 21, /* be64 -> mz_registration */
    MZ_KIND_PARTY_GROUP = 22,  /* be64 leader, be64 party -> empty: who ever was in its group */
    MZ_KIND_CONFLICT = 23,     /* be64 -> mz_conflict */
    MZ_KIND_CONFLICT_OF = 24,  /* be32 actor, be64 party, be64 conflict -> empty */
    MZ_KIND_SOURCE = 25,       /* be64 -> mz_source */
    MZ_KIND_SESSION = 26,      /* be64 -> mz_session */
    MZ_KIND_NEED = 27,         /* be64 -> mz_need */
    MZ_KIND_ENDORSEMENT = 28,  /* be64 need, be32 actor no -> be64 index */
    MZ_KIND_INCOME = 30,       /* be64 -> mz_income */
    MZ_KIND_CONFIRMATION = 31, /* be64 -> mz_confirmation (income.confirmed), its bank_ref */
    MZ_KIND_BANK_LINE = 32,    /* account, 0x00, bank_ref -> mz_bank_line */
    MZ_KIND_LOT = 33,          /* be64 fund, be64 purpose, be64 position -> mz_lot */
    MZ_KIND_FREE = 34,         /* be64 fund, be64 purpose, be64 position -> mz_free: unused money */
    MZ_KIND_USE = 35,   /* be64 fund, be64 purpose, be64 position -> mz_use: money paid out */
    MZ_KIND_PIECE = 36, /* be64 payout, be32 number in order of use -> mz_piece */
    MZ_KIND_MOVE = 37,  /* be64 fund, be64 purpose, be64 position -> mz_move: moved elsewhere */
    MZ_KIND_GONE = 38,  /* be64 fund, be64 purpose, be64 position -> mz_gone: was used, reversed */
    MZ_KIND_PROPOSAL = 40,     /* be64 -> mz_proposal, draws, payees, goods */
    MZ_KIND_OPEN = 41,         /* be64 fund, be64 proposal -> empty: consulting .. approved */
    MZ_KIND_DUE = 42,          /* be64 fund, be64 due ms, be64 proposal -> empty */
    MZ_KIND_VOTER = 43,        /* be64 proposal, be32 actor -> mz_voter */
    MZ_KIND_OBJECTION = 44,    /* be64 -> mz_objection */
    MZ_KIND_PAYOUT = 45,       /* be64 -> mz_payout, draws */
    MZ_KIND_RETURN = 46,       /* be64 -> mz_return */
    MZ_KIND_RATING = 47,       /* be64 proposal, be64 index -> mz_rating */
    MZ_KIND_ABOUT = 49,        /* be64 proposal or need, event number, be64 index -> empty */
    MZ_KIND_OF_FUND = 50,      /* be64 fund, event number, be64 index -> empty: what a fund lists */
    MZ_KIND_STATEMENT = 51,    /* be64 fund, be32 to day -> mz_statement */
    MZ_KIND_REVERSED = 52,     /* be64 index -> be64 index of the reversal */
    MZ_KIND_ITEM = 53,         /* be64 -> mz_item, its unit */
    MZ_KIND_GOODS = 54,        /* be64 -> mz_goods: received, issued, sold or written off */
    MZ_KIND_ITEM_OF_FUND = 55, /* be64 fund, be64 item -> empty */
    MZ_KIND_GOODS_OF_ITEM = 56, /* be64 item, be64 index -> empty: its movements */
    MZ_KIND_GOODS_WAITING = 57, /* be64 fund, be64 index -> empty: neither confirmed nor reversed */
    MZ_KIND_FUND_OF_ACCOUNT = 60, /* account, 0x00, be64 fund -> empty */
    MZ_KIND_RECONCILIATION = 61,  /* account, 0x00, be32 last day of the month, be64 index ->
                                     mz_reconciliation */
    MZ_KIND_REPORT = 62,          /* be64 -> mz_audit_report (audit.reported) */
    MZ_KIND_ANSWER = 63,   /* be64 report, be32 finding, be64 index -> empty: finding.answered */
    MZ_KIND_DIGEST = 64,   /* 32-byte digest in an entry's _sd -> mz_digest */
    MZ_KIND_ERASURE = 65,  /* be64 index of a confirmation -> 32-byte digests erased by it */
    MZ_KIND_EVIDENCE = 66, /* 32-byte SHA-256, be64 index -> mz_evidence: an entry's document */
    MZ_KIND_WITNESS = 67   /* be32 number from 1 -> mz_ledger_witness, its name and url */
} mz_kind;

/* What an identifier names; second byte of a MZ_KIND_NAME key. Stored; numbers stay. */
typedef enum mz_name_kind {
    MZ_NAME_ACTOR = 1,
    MZ_NAME_FUND = 2,
    MZ_NAME_PARTY = 3,
    MZ_NAME_PURPOSE = 4, /* scope: its fund */
    MZ_NAME_SOURCE = 5,
    MZ_NAME_PROPOSAL = 6,
    MZ_NAME_NEED = 7,
    MZ_NAME_ITEM = 8, /* scope: its fund */
    MZ_NAME_ACCOUNT = 9,
    MZ_NAME_CREDIT_CODE = 10,
    MZ_NAME_RECEIPT = 11,
    MZ_NAME_RESOLUTION = 12, /* a resolution used by fund.amended; text: its proposal id */
    MZ_NAME_ENVELOPE = 13,   /* a fees envelope, scope: fund, text: the year -> its proposal */
    MZ_NAME_SESSION = 14     /* a standing number, scope: its source */
} mz_name_kind;
const char *mz_name_kind_text(mz_name_kind kind); /* "fund", "party" ...: a figure's word */

typedef struct mz_key_bytes {
    uint8_t bytes[MZ_KV_KEY_MAX];
    size_t size;
} mz_key_bytes;
mz_key_bytes mz_key_of(mz_kind kind);
void mz_key_add_u8(mz_key_bytes *key, uint8_t value);
void mz_key_add_u32(mz_key_bytes *key, uint32_t value);
void mz_key_add_u64(mz_key_bytes *key, uint64_t value);
void mz_key_add_text(mz_key_bytes *key, mz_view text);
mz_view mz_key_view(const mz_key_bytes *key);
mz_key_bytes mz_key_u32(mz_kind kind, uint32_t a);
mz_key_bytes mz_key_u64(mz_kind kind, uint64_t a);
mz_key_bytes mz_key_u64_u64(mz_kind kind, uint64_t a, uint64_t b);

typedef struct mz_profile { /* positions as MZ_PROFILE_NAMES */
    int64_t min_seats, consult_days, vote_days, apply_days, review_days, pay_days, statement_days,
        goods_cap_fen;
} mz_profile;

typedef struct mz_ledger {
    char origin[104]; /* NUL-terminated */
    char credit_code[24];
    uint8_t log_key[32]; /* signs the next checkpoint */
    uint32_t rules_version;
    uint32_t actor_count;
    uint32_t officer_count;   /* registrars and auditors in effect */
    uint32_t open_fund_count; /* not closed */
    uint32_t witness_count, quorum;
    uint64_t effect_count;
} mz_ledger;

/* A witness as ledger.opened or ledger.amended names it. A new list ends the rows of the one
 * before; none is erased, because cosignatures of its time stay to be verified. */
typedef struct mz_ledger_witness {
    uint64_t since_index, ended_index; /* MZ_NEVER: in force */
    uint8_t public_key[32];
    uint32_t key_id;
    uint32_t name_size, url_size; /* of the tail */
    uint32_t unused;
} mz_ledger_witness;
#define MZ_WITNESS_TEXT_MAX 400 /* name and url together: a vkey and a URL have 200 bytes each */

typedef struct mz_actor {
    char id[40]; /* zero-filled, not terminated when full */
    uint8_t key_thumbprint[32];
    uint64_t enrolled_index, retired_index; /* MZ_NEVER */
    int64_t enrolled_ms;
    mz_actor_no no;
    uint32_t role;
    uint32_t fund_count; /* tail: mz_ref funds[] of a steward */
    uint32_t
        tie_count; /* conflicts ever in effect and own parties; at 0 nothing can bar the actor */
} mz_actor;

typedef struct mz_actor_key {
    uint8_t key[32];
    uint64_t since_index, replaced_index; /* MZ_NEVER */
    int64_t compromised_since_ms;         /* MZ_NO_TIME */
    mz_actor_no actor_no;                 /* 0: the log's own */
    uint32_t unused;
} mz_actor_key;

typedef struct mz_pending {
    int64_t until_ms;
    mz_actor_no signer_no, subject_no; /* subject 0: none */
    uint32_t event;
    uint32_t confirmed; /* 1 once */
    mz_ref fund;
} mz_pending; /* tail: the payload's text */

/* Something outside a fund that may change its proposals; each fund catches up before it is judged.
 */
typedef enum mz_effect_kind {
    MZ_EFFECT_RETIRED = 1,
    MZ_EFFECT_CONFLICT = 2,  /* actor, party */
    MZ_EFFECT_PARTY = 3,     /* party: found to be an actor's, or the same as another */
    MZ_EFFECT_COMPROMISE = 4 /* actor, since_ms; `thumbprint` of the key */
} mz_effect_kind;
typedef struct mz_effect {
    uint64_t index;
    int64_t unix_ms, since_ms;
    mz_ref party;
    uint8_t thumbprint[32];
    mz_actor_no actor_no;
    uint32_t kind;
} mz_effect;

typedef enum mz_fund_stage {
    MZ_FUND_OPEN = 1,
    MZ_FUND_IS_CLOSING = 2,
    MZ_FUND_IS_CLOSED = 3
} mz_fund_stage;
typedef struct mz_fund {
    char id[40];
    char account[40];
    mz_ref ref;
    int64_t opened_ms;
    mz_profile profile;
    int64_t balance_fen, reserved_fen; /* over all buckets */
    uint64_t effects_seen;
    uint64_t closed_index; /* MZ_NEVER */
    mz_ref residual_fund, residual_purpose;
    int64_t closed_ms;        /* MZ_NO_TIME */
    int64_t last_movement_ms; /* of money; MZ_NO_TIME: none yet */
    int64_t next_due_ms;      /* no row of MZ_KIND_DUE is earlier; MZ_NO_TIME: there is none */
    uint32_t stage;
    uint32_t epoch;             /* of the latest confirmed seating; 0: none yet */
    uint32_t open_count;        /* proposals undecided or holding reserve */
    uint32_t unfinished_count;  /* proposals not yet ended or completed */
    uint32_t unconfirmed_count; /* incomes recorded, neither confirmed, declined nor reversed */
    uint32_t stocked_count;     /* items in stock, and receipts that wait for their confirmation */
    uint32_t unused;
    int32_t statement_to_day; /* last published day; opening day - 1 at first */
} mz_fund;

typedef struct mz_seating {
    uint64_t index; /* of the confirmation */
    int64_t confirmed_ms;
    mz_actor_no chair;
    int32_t term_ends_day; /* the last day */
    uint32_t epoch;
    uint16_t member_count, alternate_count, supervisor_count;
    uint16_t unused;
    uint32_t unused_too;
} mz_seating; /* tail: mz_actor_no members[], alternates[], supervisors[] */
#define MZ_SEATING_PEOPLE_MAX (3 * MZ_LIST_ITEMS_MAX)

typedef struct mz_purpose {
    char id[40];
    mz_ref ref, fund;
    uint32_t categories; /* bits 1 << MZ_CATEGORY_x; general has all */
    uint32_t unused;
} mz_purpose;

/* Per bucket, always: confirmed - reversed + moved_in - moved_out - paid + returned = balance
 * >= reserved >= 0, and the free intervals sum to the balance (lots.h). Paid and returned are net
 * of reversals. */
typedef struct mz_bucket {
    int64_t confirmed_fen, reversed_fen, moved_in_fen, moved_out_fen, paid_fen, returned_fen;
    int64_t balance_fen, reserved_fen;
    int64_t free_fen;       /* sum of the free intervals, kept apart from the balance */
    uint64_t position_end;  /* where the next lot begins on the bucket's running total */
    uint64_t tail_position; /* from here to position_end all is free, without a row */
    uint64_t hole_count;    /* free intervals before that: rows of MZ_KIND_FREE */
} mz_bucket;

typedef struct mz_party {
    char id[40];
    char credit_code[24];
    mz_ref ref;
    mz_ref registration;  /* the verified one; 0 until then */
    mz_ref group;         /* joined to this party's group as the same; itself: leader */
    uint64_t group_index; /* since when */
    mz_actor_no actor_no; /* 0: nobody's */
    uint32_t kind;
} mz_party;

typedef struct mz_registration {
    char credit_code[24];
    mz_ref party;
    uint32_t kind;
    uint32_t verified;
} mz_registration;

typedef struct mz_conflict {
    mz_ref ref, party;
    uint64_t since_index, ended_index; /* MZ_NEVER */
    mz_actor_no actor_no;
    uint32_t unused;
} mz_conflict;

typedef struct mz_source {
    char id[40];
    mz_ref ref, fund, party;      /* party 0: none */
    int32_t signed_day, ends_day; /* MZ_NO_DAY: open-ended */
    uint32_t kind;
    uint32_t gratuitous;
    uint64_t ended_index;  /* of source.ended; MZ_NEVER */
    int64_t confirmed_fen; /* incomes that cite it, net of reversals */
} mz_source;

typedef struct mz_session {
    mz_ref ref, fund, source;
    int32_t day;
    uint32_t reversed;
    uint32_t dependant_count; /* standing incomes and receipts of goods that cite it */
    uint32_t unused;
} mz_session;

/* What neighbours lack: 点事. */
#define MZ_NEED_ENDORSERS 2 /* members without conflict who stand by a wish before it is paid */
typedef struct mz_need {
    char id[40];
    mz_ref ref, fund;
    uint64_t reversed_index; /* MZ_NEVER */
    int64_t count;
    uint32_t kind, channel;     /* positions in MZ_NEED_KINDS, MZ_NEED_CHANNELS */
    uint32_t endorsement_count; /* rows of MZ_KIND_ENDORSEMENT */
    uint32_t proposal_count;    /* that name it, and have not ended with nothing paid */
    uint32_t payout_count;      /* unreversed, for it */
    uint32_t paid_count;        /* of these, with something not returned */
} mz_need;

#define MZ_UNCONFIRMED_DAYS 30 /* to confirm an income or goods; later is a finding */
typedef enum mz_income_stage {
    MZ_INCOME_RECORDED_STAGE = 1,
    MZ_INCOME_CONFIRMED_STAGE = 2,
    MZ_INCOME_DECLINED_STAGE = 3,
    MZ_INCOME_REVERSED_STAGE = 4
} mz_income_stage;
typedef struct mz_income {
    mz_ref ref, fund, purpose, party, source, session, replaced_by;
    mz_ref seeded_by; /* the proposal that brought it up; 0: none */
    int64_t amount_fen;
    int64_t recorded_ms;
    uint64_t confirmation;      /* the standing income.confirmed; 0: none */
    uint64_t last_confirmation; /* the latest one, reversed or not; 0: none */
    uint64_t position;          /* its lot in the bucket while confirmed */
    uint32_t kind, stage;
    int32_t received_day;
    uint32_t unused;
} mz_income;

typedef struct mz_confirmation {
    mz_ref ref, income;
    mz_ref previous;   /* the income's reversed confirmation before it; 0: none */
    uint64_t position; /* of its lot, in the bucket of the income */
    int64_t confirmed_ms;
    uint64_t reversed_index; /* MZ_NEVER */
    int32_t booked_day;
    uint32_t unused;
} mz_confirmation; /* tail: the bank_ref, at most MZ_TOKEN_BYTES_MAX */

enum { MZ_BANK_IN = 1, MZ_BANK_OUT = 2 };
typedef struct mz_bank_line {
    int64_t total_fen, used_fen; /* total 0: its single entry stated none */
    uint32_t direction;          /* MZ_BANK_IN or _OUT */
    uint32_t count;              /* standing entries on it; at 0 the row is gone */
} mz_bank_line;

/* Intervals of a bucket's running total; each begins with its length. lots.h draws them. */
typedef struct mz_lot { /* money that queued in this bucket together, stays for ever */
    int64_t length_fen;
    mz_ref income;                  /* whose money; 0: moved from where the from_ members say */
    uint64_t since_index;           /* of the entry that put it here */
    uint64_t reversed_index;        /* MZ_NEVER; the positions are dead */
    mz_ref from_fund, from_purpose; /* from_fund 0: booked here */
    uint64_t from_position;
} mz_lot;

typedef struct mz_free {
    int64_t length_fen;
} mz_free;

typedef struct mz_use {
    int64_t length_fen;
    mz_ref payout;
    uint32_t piece, unused;
} mz_use;

typedef struct mz_move {
    int64_t length_fen;
    mz_ref to_fund, to_purpose;
    uint64_t to_position;
    uint64_t index; /* of the entry that moved it */
} mz_move;

typedef struct mz_gone { /* what a payout had of an income that was reversed */
    int64_t length_fen;
    mz_ref payout;
    uint32_t piece, unused;
    uint64_t index; /* of the reversal */
} mz_gone;

typedef struct mz_piece { /* what a payout took in one go, of a bucket of its fund */
    mz_ref purpose;
    uint64_t position;
    int64_t length_fen;   /* as taken */
    int64_t left_fen;     /* still used: rows of MZ_KIND_USE with this payout and piece */
    int64_t reach_fen;    /* those rows lie within so much from the position on */
    uint64_t since_index; /* the payout, or the reversal that gave it in place of other money */
} mz_piece;

/* The order is the road; ends follow. Stored; numbers stay. mz_proposal_stage_name gives the word.
 */
typedef enum mz_stage {
    MZ_STAGE_NONE = 0,
    MZ_CONSULTING = 1,
    MZ_VOTING = 2,
    MZ_ADOPTED = 3,
    MZ_APPLIED = 4,
    MZ_APPROVED = 5,
    MZ_PAYING = 6,
    MZ_COMPLETED = 7,
    MZ_REJECTED = 8,
    MZ_WITHDRAWN = 9,
    MZ_EXPIRED = 10,
    MZ_REFUSED = 11,
    MZ_LAPSED = 12
} mz_stage;
const char *mz_stage_name(mz_stage stage);
/* The public step in which a stage lies; of an end the one in which it usually comes, but see
 * mz_proposal_step. */
mz_step mz_stage_step(mz_stage stage);

#define MZ_DRAWS_MAX MZ_LIST_ITEMS_MAX
#define MZ_GOODS_MAX MZ_LIST_ITEMS_MAX
#define MZ_PAYEES_MAX 20
typedef struct mz_draw {
    mz_ref purpose;
    int64_t filed_fen, approved_fen;
    int64_t reserved_fen; /* still set aside for it */
    int64_t paid_fen;     /* payouts - returned - reversed */
} mz_draw;
typedef struct mz_payee {
    mz_ref party;
    int64_t cap_fen, paid_fen; /* paid: net of returns and reversals */
} mz_payee;

typedef struct mz_good { /* what a filing says of one item */
    char item[40];
    int64_t quantity, used; /* used: issued and written off under the proposal, net of reversals */
} mz_good;

typedef struct mz_proposal_head {
    char id[40];
    uint8_t filing_hash[32]; /* the filing's leaf hash: what ballots are bound to */
    mz_ref ref, fund;
    mz_ref replaced_by;
    mz_ref need; /* 0: none */
    int64_t filed_ms;
    int64_t stage_ms;     /* when it entered its stage */
    int64_t due_ms;       /* its row in MZ_KIND_DUE; MZ_NO_TIME: none */
    int64_t answered_ms;  /* the last answered objection; 0: none */
    int64_t item_cap_fen; /* wishes; 0: none */
    int64_t paid_fen;     /* net, over all draws */
    int64_t seeded_fen;   /* confirmed incomes that it brought up */
    int64_t approved_ms;  /* of the approval in force */
    int32_t consult_day;  /* last day of consultation */
    int32_t expiry_day;   /* last day of voting */
    int32_t adopted_day;
    int32_t due_day;         /* last day to apply, decide or pay, by stage */
    int32_t planned_end_day; /* MZ_NO_DAY: none */
    uint32_t vote_days, apply_days, review_days, pay_days; /* the fund's at filing */
    uint32_t stage, category;
    mz_actor_no filer_no;
    uint32_t epoch; /* adopting epoch; 0: not adopted */
    uint32_t open_objection_count;
    uint32_t return_count;
    uint32_t standing_payout_count;            /* unreversed */
    uint32_t standing_issue_count;             /* unreversed confirmed goods.issued */
    uint32_t seating_seen;                     /* a first seating while voting has set the expiry */
    uint32_t counted_open, counted_unfinished; /* in the fund's counts */
    uint32_t counted_need;                     /* in its need's proposal_count */
    uint32_t rating_count;
    uint32_t late;       /* paying, and its days to pay are over */
    uint32_t ended_from; /* the mz_stage in which it ended short of completion; 0: it did not */
    uint8_t approver_thumbprint[32];
    uint32_t draw_count, payee_count, goods_count;
    uint32_t unused;
} mz_proposal_head;
/* Where the public sees it: the step that it is in, or in which it ended. A completed one is in
 * `rating`, rated or not. */
mz_step mz_proposal_step(const mz_proposal_head *head);
/* In memory: the record with its tails. On disk only the rows in use are stored. */
typedef struct mz_proposal {
    mz_proposal_head head;
    mz_draw draws[MZ_DRAWS_MAX];
    mz_payee payees[MZ_PAYEES_MAX];
    mz_good goods[MZ_GOODS_MAX];
} mz_proposal;

typedef struct mz_voter {   /* what one person did in one proposal */
    uint8_t thumbprint[32]; /* the key that signed the standing ballot */
    uint64_t ballot;        /* index of the standing ballot; 0: none */
    int64_t ballot_ms;
    uint32_t choice, epoch; /* epoch of the ballot: it counts while that is the current one */
    uint32_t recused, opined;
} mz_voter;

typedef struct mz_objection {
    mz_ref ref, proposal;
    uint64_t answered_index; /* MZ_NEVER */
} mz_objection;

typedef struct mz_payout_head {
    mz_ref ref, fund, proposal, party;
    mz_ref need; /* of a wish; 0: none */
    int64_t amount_fen, returned_fen;
    int64_t made_ms;
    uint64_t reversed_index; /* MZ_NEVER */
    int32_t booked_day;
    uint16_t bank_ref_size, unused;
    char bank_ref[64];
    uint32_t piece_count;
    uint32_t draw_count;
} mz_payout_head;
typedef struct mz_payout_draw {
    mz_ref purpose;
    int64_t amount_fen, returned_fen;
} mz_payout_draw;
typedef struct mz_payout {
    mz_payout_head head;
    mz_payout_draw draws[MZ_DRAWS_MAX];
} mz_payout;

typedef struct mz_return_head {
    mz_ref ref, fund, payout;
    int64_t amount_fen;
    int64_t made_ms;
    uint64_t reversed_index;    /* MZ_NEVER */
    mz_ref to_fund, to_purpose; /* after closing: where it was moved on to; 0: stayed */
    int32_t booked_day;
    uint16_t bank_ref_size, unused;
    char bank_ref[64];
    uint32_t restored;   /* it restored the reserve */
    uint32_t draw_count; /* parts by draw, in the payout's order of draws */
} mz_return_head;
typedef struct mz_return {
    mz_return_head head;
    mz_payout_draw draws[MZ_DRAWS_MAX]; /* amount_fen of each */
} mz_return;

typedef struct mz_statement {
    uint64_t index;
    int64_t closing_fen; /* the next one's opening */
    int32_t from_day, to_day;
} mz_statement;

typedef struct mz_rating { /* what one party said of a completed project */
    mz_ref ref, proposal;
    uint32_t rater, unused;
    int64_t counts[MZ_GRADE_COUNT];
} mz_rating;

/* Goods in their own quantities, apart from money. Unknown value is counted, never as zero. */
typedef struct mz_amount {
    int64_t quantity, unvalued_quantity;
    int64_t value_fen; /* of what is valued */
} mz_amount;
typedef enum mz_goods_move { /* stored; numbers stay */
                             MZ_GOODS_IN = 0,
                             MZ_GOODS_ISSUE = 1,
                             MZ_GOODS_SALE = 2,
                             MZ_GOODS_WRITE_OFF = 3,
                             MZ_GOODS_MOVE_COUNT
} mz_goods_move;
/* Always: moved[IN].quantity - the other three = stock >= 0. Receipts count once confirmed, the
 * others at once; reversed ones never. */
typedef struct mz_item {
    char id[40];
    mz_ref ref, fund;
    int64_t stock;
    mz_amount moved[MZ_GOODS_MOVE_COUNT];
    uint32_t
        receipt_count; /* recorded or confirmed, unreversed: while there is one, the unit stays */
    uint32_t waiting_count; /* of these, not confirmed yet */
} mz_item;                  /* tail: the unit */
#define MZ_UNIT_SIZE_MAX (4 * MZ_TITLE_POINTS_MAX)

typedef struct mz_goods {
    mz_ref ref, fund, item;
    mz_ref proposal, income, party, session; /* 0: none */
    int64_t quantity;
    int64_t value_fen; /* of the whole quantity; 0: unvalued */
    int64_t made_ms;
    uint64_t confirmed_index; /* MZ_NEVER */
    uint64_t reversed_index;  /* MZ_NEVER */
    uint32_t move, unused;
} mz_goods;

typedef struct mz_reconciliation {
    uint64_t index;
    int64_t bank_balance_fen, outside_fen, difference_fen; /* sum of the differences */
    int64_t balance_fen;                                   /* sum over the funds */
    uint32_t difference_count, fund_count;
} mz_reconciliation;

typedef struct mz_audit_report {
    mz_ref ref;
    uint64_t size;
    uint8_t root[32];
    uint32_t finding_count, unused;
} mz_audit_report;

typedef struct mz_digest {
    mz_ref entry;              /* that names it; the digests of entry 0 have 0 */
    mz_ref restricted, erased; /* by which record.restricted, by which confirmation; 0: not */
} mz_digest;

typedef struct mz_evidence {
    mz_ref fund; /* of the entry; 0: none */
    int64_t size;
    uint32_t visibility; /* position in MZ_VISIBILITIES */
    uint32_t unused;
} mz_evidence;

/* Reading and writing. Load: MZ_OK and the record; MZ_NOT_FOUND without a reason; MZ_IO,
 * MZ_CORRUPT. A record of another size than the struct's is MZ_CORRUPT. */
mz_status mz_state_load(mz_changes *changes, const mz_key_bytes *key, void *record, size_t size,
                        mz_reason *why) MZ_MUST_USE;
/* With a tail of whole items: at most `tail_max`, their number in `*tail_count`. */
mz_status mz_state_load_tail(mz_changes *changes, const mz_key_bytes *key, void *record,
                             size_t size, void *tail, size_t item_size, size_t tail_max,
                             size_t *tail_count, mz_reason *why) MZ_MUST_USE;
mz_status mz_state_store(mz_changes *changes, const mz_key_bytes *key, const void *record,
                         size_t size, mz_reason *why) MZ_MUST_USE;
mz_status mz_state_store_tail(mz_changes *changes, const mz_key_bytes *key, const void *record,
                              size_t size, const void *tail, size_t tail_size,
                              mz_reason *why) MZ_MUST_USE;
mz_status mz_state_erase(mz_changes *changes, const mz_key_bytes *key, mz_reason *why) MZ_MUST_USE;
mz_status mz_state_mark(mz_changes *changes, const mz_key_bytes *key,
                        mz_reason *why) MZ_MUST_USE; /* empty row */

/* Names. Find: the ref (or actor no), MZ_NOT_FOUND without a reason. */
mz_status mz_name_find(mz_changes *changes, mz_name_kind kind, mz_ref scope, mz_view text,
                       uint64_t *ref, mz_reason *why) MZ_MUST_USE;
mz_status mz_name_take(mz_changes *changes, mz_name_kind kind, mz_ref scope, mz_view text,
                       uint64_t ref, mz_reason *why) MZ_MUST_USE;
/* An identifier in a 40-byte field: its view, and its setting. */
mz_view mz_id_view(const char id[40]);
void mz_id_set(char id[40], mz_view text);

/* An entry by its jti. MZ_NOT_FOUND without a reason. */
mz_status mz_jti_find(mz_changes *changes, const uint8_t jti[16], uint64_t *index, mz_event *event,
                      mz_reason *why) MZ_MUST_USE;

/* Shorthands used all over; same answers as mz_state_load. */
mz_status mz_ledger_load(mz_changes *changes, mz_ledger *ledger, mz_reason *why) MZ_MUST_USE;
mz_status mz_ledger_store(mz_changes *changes, const mz_ledger *ledger, mz_reason *why) MZ_MUST_USE;
/* `text` is the name, then the url. The caller asks for 1, 2, ... until MZ_NOT_FOUND. */
mz_status mz_witness_load(mz_changes *changes, uint32_t number, mz_ledger_witness *witness,
                          char text[MZ_WITNESS_TEXT_MAX], mz_reason *why) MZ_MUST_USE;
mz_status mz_witness_store(mz_changes *changes, uint32_t number, const mz_ledger_witness *witness,
                           const char *text, mz_reason *why) MZ_MUST_USE;
mz_status mz_actor_load(mz_changes *changes, mz_actor_no no, mz_actor *actor,
                        mz_reason *why) MZ_MUST_USE;
/* The funds of a steward: at most MZ_LIST_ITEMS_MAX. */
mz_status mz_actor_load_funds(mz_changes *changes, mz_actor_no no, mz_actor *actor,
                              mz_ref funds[MZ_LIST_ITEMS_MAX], mz_reason *why) MZ_MUST_USE;
mz_status mz_fund_load(mz_changes *changes, mz_ref ref, mz_fund *fund, mz_reason *why) MZ_MUST_USE;
mz_status mz_fund_store(mz_changes *changes, const mz_fund *fund, mz_reason *why) MZ_MUST_USE;
mz_status mz_proposal_load(mz_changes *changes, mz_ref ref, mz_proposal *proposal,
                           mz_reason *why) MZ_MUST_USE;
mz_status mz_proposal_store(mz_changes *changes, const mz_proposal *proposal,
                            mz_reason *why) MZ_MUST_USE;
mz_status mz_payout_load(mz_changes *changes, mz_ref ref, mz_payout *payout,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_payout_store(mz_changes *changes, const mz_payout *payout, mz_reason *why) MZ_MUST_USE;
/* Whether the fund lay in the bank account at that moment: opened before, not closed before. */
bool mz_fund_in_account(const mz_fund *fund, mz_view account, int64_t moment_ms);
/* The seating of an epoch with its people: members, then alternates, then supervisors. */
mz_status mz_seating_load(mz_changes *changes, mz_ref fund, uint32_t epoch, mz_seating *seating,
                          mz_actor_no people[MZ_SEATING_PEOPLE_MAX], mz_reason *why) MZ_MUST_USE;
mz_status mz_party_load(mz_changes *changes, mz_ref ref, mz_party *party,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_source_load(mz_changes *changes, mz_ref ref, mz_source *source,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_income_load(mz_changes *changes, mz_ref ref, mz_income *income,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_income_store(mz_changes *changes, const mz_income *income, mz_reason *why) MZ_MUST_USE;
mz_status mz_confirmation_load(mz_changes *changes, mz_ref ref, mz_confirmation *confirmation,
                               uint8_t bank_ref[MZ_TOKEN_BYTES_MAX], size_t *bank_ref_size,
                               mz_reason *why) MZ_MUST_USE;
mz_status mz_confirmation_store(mz_changes *changes, const mz_confirmation *confirmation,
                                mz_view bank_ref, mz_reason *why) MZ_MUST_USE;
mz_status mz_return_load(mz_changes *changes, mz_ref ref, mz_return *record,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_return_store(mz_changes *changes, const mz_return *record, mz_reason *why) MZ_MUST_USE;
mz_status mz_piece_load(mz_changes *changes, mz_ref payout, uint32_t number, mz_piece *piece,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_need_load(mz_changes *changes, mz_ref ref, mz_need *need, mz_reason *why) MZ_MUST_USE;
mz_status mz_need_store(mz_changes *changes, const mz_need *need, mz_reason *why) MZ_MUST_USE;
mz_status mz_item_load(mz_changes *changes, mz_ref ref, mz_item *item,
                       uint8_t unit[MZ_UNIT_SIZE_MAX], size_t *unit_size,
                       mz_reason *why) MZ_MUST_USE;
mz_status mz_item_store(mz_changes *changes, const mz_item *item, mz_view unit,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_goods_load(mz_changes *changes, mz_ref ref, mz_goods *goods,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_goods_store(mz_changes *changes, const mz_goods *goods, mz_reason *why) MZ_MUST_USE;
mz_status mz_digest_load(mz_changes *changes, const uint8_t digest[32], mz_digest *record,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_digest_store(mz_changes *changes, const uint8_t digest[32], const mz_digest *record,
                          mz_reason *why) MZ_MUST_USE;
/* `account`, 0x00: the prefix of what is known of a bank account. */
mz_key_bytes mz_key_account(mz_kind kind, mz_view account);
/* Zero when there is none yet. */
mz_status mz_bucket_load(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_bucket *bucket,
                         mz_reason *why) MZ_MUST_USE;
/* "general", or the purpose's identifier, for refusals. */
mz_status mz_purpose_name(mz_changes *changes, mz_ref purpose, char name[MZ_ID_SIZE_MAX + 1],
                          mz_reason *why) MZ_MUST_USE;

/* Walks the rows under `prefix` in key order: *key starts as a copy of the prefix; each call gives
 * the next row after *key and moves *key there. MZ_NOT_FOUND at the end. */
mz_status mz_state_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                        mz_view *value, mz_reason *why) MZ_MUST_USE;

#endif

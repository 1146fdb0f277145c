/* policy.h — whom a verifier trusts (C2SP tlog-policy): the log's keys, the witnesses, and how many
 * of them must have cosigned. With the hash of the first leaf it is a pin, 信任文件: all that a
 * verifier needs to have kept.
 *
 *     log fund.example.org/zibo+d5fbc2a1+AaIp...
 *     # genesis 6f1d...
 *     witness w1 witness.example.net+0a1b2c3d+BPm...
 *     group near all w1
 *     quorum near
 *
 * `# genesis` is ours: a comment for every other program. */
#ifndef MZ_CORE_POLICY_H
#define MZ_CORE_POLICY_H

#include "core/checkpoint.h"

#define MZ_POLICY_SIZE_MAX 65536
#define MZ_POLICY_LOGS_MAX 64
#define MZ_POLICY_WITNESSES_MAX 64
#define MZ_POLICY_GROUPS_MAX 64
#define MZ_POLICY_NAME_MAX 255
#define MZ_POLICY_URL_MAX 500

typedef struct mz_policy_log {
    mz_vkey key;                     /* type 0x01 */
    char url[MZ_POLICY_URL_MAX + 1]; /* "" when there is none */
} mz_policy_log;

typedef struct mz_policy_witness {
    char name[MZ_POLICY_NAME_MAX + 1]; /* opaque bytes */
    mz_vkey key;                       /* type 0x04 */
    char url[MZ_POLICY_URL_MAX + 1];
} mz_policy_witness;

/* What a group or the quorum names. */
typedef enum mz_policy_kind { MZ_POLICY_NONE, MZ_POLICY_WITNESS, MZ_POLICY_GROUP } mz_policy_kind;
typedef struct mz_policy_member {
    mz_policy_kind kind;
    size_t index; /* of the witness or the group */
} mz_policy_member;

typedef struct mz_policy_group {
    char name[MZ_POLICY_NAME_MAX + 1];
    size_t threshold; /* 1 to member_count */
    size_t member_count;
    mz_policy_member members[MZ_POLICY_WITNESSES_MAX + MZ_POLICY_GROUPS_MAX];
} mz_policy_group;

typedef struct mz_policy {
    size_t log_count;
    mz_policy_log logs[MZ_POLICY_LOGS_MAX];
    size_t witness_count;
    mz_policy_witness witnesses[MZ_POLICY_WITNESSES_MAX];
    size_t group_count;
    mz_policy_group groups[MZ_POLICY_GROUPS_MAX]; /* each names only earlier ones */
    mz_policy_member quorum;                      /* kind NONE: `quorum none` */
    bool has_genesis;
    mz_hash genesis; /* the leaf hash of entry 0 */
} mz_policy;

/* The caller owns `*policy` on MZ_OK; untouched otherwise. MZ_BAD_POLICY, MZ_TOO_LARGE,
 * MZ_NO_MEMORY. */
mz_status mz_policy_parse(mz_hasher *hasher, mz_view text, mz_policy **policy,
                          mz_reason *why) MZ_MUST_USE;
/* The same, and it must be a pin: at least one log, one origin over all log lines, valid as an
 * origin, and a genesis line. */
mz_status mz_pin_parse(mz_hasher *hasher, mz_view text, mz_policy **policy,
                       mz_reason *why) MZ_MUST_USE;
void mz_policy_free(mz_policy *policy); /* NULL is fine */
/* The name of the first log: the origin of a pin. Borrowed from `policy`. */
const char *mz_policy_origin(const mz_policy *policy);

/* Appends the policy as text: logs, genesis, witnesses, groups, quorum. What it writes, parses to
 * the same policy. */
void mz_policy_put(mz_buf *out, const mz_policy *policy);
/* Appends the pin of a log without witnesses, as `init` writes it. */
void mz_pin_put(mz_buf *out, const mz_vkey *log, const mz_hash *genesis);

/* Whether the quorum is met when witness i has cosigned exactly if witnessed[i]. */
bool mz_policy_quorum_met(const mz_policy *policy, const bool *witnessed);

/* Reads a checkpoint note, demands a valid signature by one of the logs whose name is the note's
 * origin, and the quorum. `log_index` (may be NULL) tells which log. MZ_BAD_NOTE,
 * MZ_BAD_CHECKPOINT, MZ_TOO_LARGE, MZ_NO_MEMORY. */
mz_status mz_policy_open_checkpoint(const mz_policy *policy, mz_view note,
                                    mz_checkpoint *checkpoint, size_t *log_index,
                                    mz_reason *why) MZ_MUST_USE;

#endif

/* seed_tell.h — the story that a played script makes, line by line, for people: what happens, to
 * what, and where the proposals stand after it. Silent with --json. */
#ifndef MZ_TOOLS_SEED_TELL_H
#define MZ_TOOLS_SEED_TELL_H

#include "cli.h"
#include "core/event.h"

typedef struct mz_telling {
    const mz_cli *cli;
    bool brief;       /* comments, refusals and the result only */
    int32_t month;    /* year * 12 + month of what was told last */
    json_t *subjects; /* jti -> {"text", "amount_fen"} of the entry; made when first needed */
    json_t *stages;   /* proposal -> state told last */
} mz_telling;
void mz_telling_clear(mz_telling *telling);

/* A heading when the month is another than that of what was told last. */
void mz_tell_month(mz_telling *telling, int64_t now_ms);
void mz_tell_comment(const mz_telling *telling, const json_t *line);
/* One step of a line, before it is written. `body` may be NULL. */
void mz_tell_step(const mz_telling *telling, const json_t *line, const mz_event_row *row,
                  const char *actor, const json_t *body, int64_t now_ms, bool refused);
void mz_tell_refusal(const mz_telling *telling, const mz_reason *why);
/* Tells each proposal of the fund's mz_proposals_view whose state is not the one told last. */
void mz_tell_proposals(mz_telling *telling, const char *fund, const json_t *view);

/* What later entries mean when they cite this one. */
void mz_tell_remember(mz_telling *telling, const char *jti, const mz_event_row *row,
                      const json_t *body);

#endif

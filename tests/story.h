/* story.h — tests of proposals as short stories: a table of who does what, with the answer that
 * each step must get, on the charity of ledger_fixture.h. Entries go to fund-a unless the text
 * begins with "fund-b|" or "fund-c|".
 *
 * Verbs that write, and their texts (P a proposal, L the label of an earlier step):
 *     gives     PURPOSE FEN                  stew-a records, cash-a confirms; who is ignored
 *     party     ID [CODE]                    registered and verified
 *     seats     MEMBERS/ALTERNATES/SUPERVISORS/TERM_ENDS, comma lists; the first member chairs;
 *               confirmed by reg-b
 *     files     P CATEGORY [PURPOSE:FEN ...] [>PARTY:CAP ...] [end=DATE] [replaces=P] [goods=N]
 *               [item=FEN]
 *     yes, no   P [over[=L]] [epoch=N] [other]   over: the signer's last accepted ballot on P;
 *               other: bound to another filing
 *     recuses, withdraws, objects, opines, applies, returns, refuses, completes   P
 *     answers   L
 *     approves  P [PURPOSE:FEN ...]
 *     pays      P PARTY PURPOSE:FEN ...
 *     declares  [ACTOR] PARTY                a conflict of the signer, or of another
 *     retires   ACTOR
 *     rekeys    ACTOR NEW_KEY [TIME]         not confirmed yet; TIME: compromised since
 *     confirms  L
 *     verifies  PARTY [same=PARTY] [actor=ACTOR]   registered once more, then verified
 *     an event  its body; @L@ stands for the jti of a step, @key NAME FOR@ for key and proof
 * Verbs that look, settled to the clock:
 *     is        P STAGE                      expires  P DATE        due   P DATE
 *     reserved  PURPOSE FEN                  balance  PURPOSE FEN   open  COUNT
 *     panel     P ACTOR ...                  tally    P APPROVALS REJECTIONS NEEDED
 * The clock:
 *     at        YYYY-MM-DD HH:MM:SS[-1]      -1: one millisecond before
 *     days      N */
#ifndef MZ_TESTS_STORY_H
#define MZ_TESTS_STORY_H

#include "ledger_fixture.h"

#define STORY_STEPS_MAX 60
#define STORY_LABELS_MAX 80

typedef struct story_step {
    mz_status want;
    const char *as; /* a label for its jti */
    const char *who, *verb, *text;
} story_step;

/* clang-format off */
#define DO(who, verb, text) {MZ_OK, NULL, who, verb, text}
#define AS(label, who, verb, text) {MZ_OK, label, who, verb, text}
#define NO(status, who, verb, text) {status, NULL, who, verb, text}
#define SEE(verb, text) {MZ_OK, NULL, "", verb, text}
#define AT(time) {MZ_OK, NULL, "", "at", time}
#define DAYS(count) {MZ_OK, NULL, "", "days", count}
/* clang-format on */

typedef struct story_case {
    const char *name;
    mz_fixture_until until;
    story_step steps[STORY_STEPS_MAX]; /* ends with one without a verb */
} story_case;

typedef struct story {
    mz_fixture *fixture;
    const char *name; /* of the case, for what is said when it fails */
    size_t label_count, bank_count;
    struct {
        char name[64], fund[41], jti[MZ_UUID_TEXT_SIZE];
    } labels[STORY_LABELS_MAX];
} story;

void story_step_run(story *s, const story_step *step);
void story_run(story *s, const story_step *steps);
/* A cmocka test of the story_case that *state points to. */
void story_case_run(void **state);
/* Appends a test for each case to `tests`, which has room for `tests_max`; the new count. */
struct CMUnitTest;
size_t story_tests_add(struct CMUnitTest *tests, size_t tests_max, size_t count,
                       const story_case *cases, size_t case_count);

#endif

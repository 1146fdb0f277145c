/* problem.c — which HTTP code a status is, in one switch without a default, so that a new status
 * asks for its answer here; and the refusal as RFC 9457 has it. */
#include "problem.h"

#include "core/json.h"

#define RETRY_SECONDS 2

/* NOLINTNEXTLINE(readability-function-size): a line for each status */
unsigned mz_http_code(mz_status status)
{
    switch (status) {
    case MZ_OK:
        return 200;
    case MZ_BAD_JWS:
    case MZ_BAD_BASE64:
    case MZ_BAD_HEADER:
    case MZ_BAD_JSON:
    case MZ_UNKNOWN_EVENT:
    case MZ_UNKNOWN_MEMBER:
    case MZ_MISSING_MEMBER:
    case MZ_WRONG_TYPE:
    case MZ_BAD_VALUE:
    case MZ_TOO_LONG:
    case MZ_BAD_TEXT:
    case MZ_BAD_AMOUNT:
    case MZ_TOO_MANY:
    case MZ_REPEATED_ITEM:
    case MZ_SEALED_IN_CLEAR:
    case MZ_BAD_DIGEST:
    case MZ_BAD_DISCLOSURE:
    case MZ_FUND_MISSING:
    case MZ_FUND_UNEXPECTED:
    case MZ_BAD_JTI:
    case MZ_BAD_REQUEST:
        return 400;
    case MZ_TOKEN_NEEDED:
    case MZ_BAD_TOKEN:
    case MZ_TOKEN_TIME:
        return 401;
    case MZ_DOCUMENT_SEALED:
    case MZ_NOT_A_READER:
    case MZ_SEALED_RESTRICTED:
    case MZ_UNKNOWN_KEY:
    case MZ_BAD_SIGNATURE:
    case MZ_KEY_REPLACED:
    case MZ_SIGNER_RETIRED:
    case MZ_WRONG_ROLE:
    case MZ_NOT_YOUR_FUND:
    case MZ_CONFIRM_SELF:
    case MZ_CONFLICT_OF_INTEREST:
    case MZ_NOT_SEATED:
    case MZ_NOT_IN_PANEL:
        return 403;
    case MZ_NOT_FOUND:
    case MZ_DOCUMENT_UNKNOWN:
    case MZ_DOCUMENT_MISSING:
    case MZ_NO_SUCH_PAGE:
        return 404;
    case MZ_WRONG_METHOD:
        return 405;
    case MZ_JTI_CONFLICT:
        return 409;
    case MZ_SEALED_ERASED:
        return 410;
    case MZ_LENGTH_REQUIRED:
        return 411;
    case MZ_TOO_LARGE:
    case MZ_DOCUMENT_TOO_LARGE:
        return 413;
    case MZ_TARGET_TOO_LONG:
        return 414;
    case MZ_WRONG_MEDIA:
        return 415;
    case MZ_BAD_EXPECTATION:
        return 417;
    case MZ_FOREIGN_ORIGIN:
    case MZ_IAT_AHEAD:
    case MZ_IAT_BEHIND:
    case MZ_NOT_OPENED:
    case MZ_ALREADY_OPENED:
    case MZ_NOT_IN_EFFECT:
    case MZ_OTHER_FUND:
    case MZ_ID_TAKEN:
    case MZ_KEY_TAKEN:
    case MZ_WEAK_KEY:
    case MZ_BAD_PROOF:
    case MZ_EVIDENCE_REQUIRED:
    case MZ_DATE_RANGE:
    case MZ_ALREADY_DONE:
    case MZ_WRONG_STATE:
    case MZ_DIGEST_TAKEN:
    case MZ_NOT_CONFIRMABLE:
    case MZ_CONFIRM_LATE:
    case MZ_ALREADY_CONFIRMED:
    case MZ_TOO_FEW_OFFICERS:
    case MZ_WRONG_RULES:
    case MZ_BAD_PROFILE:
    case MZ_EVEN_COMMITTEE:
    case MZ_TOO_FEW_SEATS:
    case MZ_REPEATED_MEMBER:
    case MZ_NOT_ELIGIBLE:
    case MZ_CHAIR_NOT_MEMBER:
    case MZ_FUND_WINDING_UP:
    case MZ_FUND_ENDED:
    case MZ_FUND_BUSY:
    case MZ_NOT_A_RESOLUTION:
    case MZ_CATEGORY_NOT_ALLOWED:
    case MZ_WIDER_PURPOSE:
    case MZ_CREDIT_CODE_REQUIRED:
    case MZ_CREDIT_CODE_TAKEN:
    case MZ_NOT_VERIFIED:
    case MZ_AGREEMENT_INCOMPLETE:
    case MZ_SOURCE_REQUIRED:
    case MZ_SOURCE_KIND:
    case MZ_SESSION_REQUIRED:
    case MZ_OUTSIDE_AGREEMENT:
    case MZ_NOTHING_PAID:
    case MZ_NOT_FUND_MONEY:
    case MZ_FIGURE_DIFFERS:
    case MZ_RECEIPT_TAKEN:
    case MZ_RECEIPT_CHOICE:
    case MZ_NO_DONATION_RECEIPT:
    case MZ_BANK_REF_TAKEN:
    case MZ_BANK_LINE_OVER:
    case MZ_BALANCE_SHORT:
    case MZ_BALANCE_LIMIT:
    case MZ_ALREADY_REPLACED:
    case MZ_TOO_MANY_PROPOSALS:
    case MZ_BAD_DRAWS:
    case MZ_BAD_PAYEES:
    case MZ_WRONG_STAGE:
    case MZ_TOO_EARLY:
    case MZ_TOO_LATE:
    case MZ_VOTING_SUSPENDED:
    case MZ_OTHER_FILING:
    case MZ_OTHER_EPOCH:
    case MZ_ALREADY_RECUSED:
    case MZ_PANEL_SHORT:
    case MZ_OTHER_BALLOT:
    case MZ_NO_COVER:
    case MZ_ENVELOPE_TAKEN:
    case MZ_RETURNED_TWICE:
    case MZ_NOT_A_PAYEE:
    case MZ_OVER_BUDGET:
    case MZ_OVER_CAP:
    case MZ_RETURN_OVER:
    case MZ_NEED_REQUIRED:
    case MZ_NOT_ENDORSED:
    case MZ_UNIT_DIFFERS:
    case MZ_STOCK_SHORT:
    case MZ_GOODS_UNDECIDED:
    case MZ_OVER_GOODS:
    case MZ_NOT_REVERSIBLE:
    case MZ_ALREADY_REVERSED:
    case MZ_DEPENDED_ON:
    case MZ_PERIOD_GAP:
    case MZ_PERIOD_OPEN:
    case MZ_STATEMENT_DIFFERS:
    case MZ_MONTH_OPEN:
    case MZ_RECONCILIATION_DIFFERS:
    case MZ_OTHER_ACCOUNT:
    case MZ_FUND_LEFT_OUT:
    case MZ_BEYOND_LOG:
    case MZ_NO_SUCH_FINDING:
        return 422;
    case MZ_HEAD_TOO_LARGE:
        return 431;
    case MZ_IO:
    case MZ_CORRUPT:
    case MZ_OTHER_SEALED:
    case MZ_DOCUMENT_DAMAGED:
    case MZ_NOT_A_DOCUMENT:
    case MZ_DOCUMENT_CHANGED:
    case MZ_NOT_A_LEDGER:
    case MZ_EXISTS:
    case MZ_WRONG_PASSPHRASE:
    case MZ_BAD_KEY_FILE:
    case MZ_BAD_NOTE:
    case MZ_BAD_CHECKPOINT:
    case MZ_BAD_POLICY:
    case MZ_BAD_RECEIPT:
    case MZ_BAD_INCLUSION:
    case MZ_WRONG_LOG_KEY:
        return 500;
    case MZ_CLOCK:
    case MZ_BUSY:
    case MZ_OUTCOME_UNKNOWN:
    case MZ_ERASURE_WAITS:
    case MZ_BEHIND:
    case MZ_FORKED:
    case MZ_NO_SECOND_PLACE:
    case MZ_NO_MEMORY:
    case MZ_CONFLICT:
        return 503;
    case MZ_HTTP_VERSION:
        return 505;
    case MZ_FULL:
        return 507;
    }
    return 500; /* a number that no status has */
}

/* An entry that names what is not there, or reads nowhere, is well-formed and refused: 422. */
unsigned mz_http_code_of_entry(mz_status status)
{
    return status == MZ_NOT_FOUND ? 422 : mz_http_code(status);
}

static void add_headers(mz_response *response, mz_status status)
{
    if (response->code == 503)
        mz_response_header(response, "Retry-After", "%d", RETRY_SECONDS);
    if (response->code == 401)
        mz_response_header(response, "WWW-Authenticate", "mz-auth");
    if (status == MZ_OUTCOME_UNKNOWN)
        mz_response_header(response, "X-Outcome", "unknown");
}

void mz_problem_write(mz_response *response, unsigned code, const mz_reason *why,
                      mz_language language)
{
    char text[1024];
    json_t *problem = mz_reason_json(why);
    mz_reason_text(why, language, text, sizeof(text));
    response->code = code;
    add_headers(response, why->status);
    json_object_set_new(problem, "number", json_integer((json_int_t)why->status));
    json_object_set_new(problem, "type",
                        json_sprintf("urn:mingzhang:%s", mz_status_code(why->status)));
    json_object_set_new(problem, "title", json_string(mz_status_code(why->status)));
    json_object_set_new(problem, "detail", json_string(text));
    /* RFC 9457: `status` is the HTTP code; the list's own number is `number` */
    json_object_set_new(problem, "status", json_integer((json_int_t)code));
    if (problem == NULL || mz_response_json(response, problem, NULL) != MZ_OK)
        mz_buf_reset(&response->body); /* no memory: the code alone */
    response->media_type = MZ_MEDIA_PROBLEM;
}

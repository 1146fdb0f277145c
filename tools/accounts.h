/* accounts.h — the chart of accounts that a journal is written with: what each posting of
 * core/journal.h is called in the charity's books. Built in are codes and names of the accounting
 * system for non-profit organisations (民间非营利组织会计制度); a file replaces them.
 * docs/accounts.md tells its format, docs/accounts.example.json is what is built in. */
#ifndef MZ_TOOLS_ACCOUNTS_H
#define MZ_TOOLS_ACCOUNTS_H

#include "core/journal.h"

/* The first component of every path: one for each of these. */
typedef enum mz_root {
    MZ_ROOT_ASSETS,
    MZ_ROOT_LIABILITIES, /* no account of ours, but programs want its name */
    MZ_ROOT_EQUITY,
    MZ_ROOT_INCOME,
    MZ_ROOT_EXPENSES,
    MZ_ROOT_COUNT
} mz_root;

/* Roles, by position: the first four, then two for each kind of income, restricted first, then one
 * for each category, but resolutions, which never pay. */
enum {
    MZ_ACCOUNT_BANK,
    MZ_ACCOUNT_NET_RESTRICTED,
    MZ_ACCOUNT_NET_UNRESTRICTED,
    MZ_ACCOUNT_CARRIED,
    MZ_ACCOUNT_INCOME,
    MZ_ACCOUNT_EXPENSE = MZ_ACCOUNT_INCOME + 2 * MZ_INCOME_KIND_COUNT,
    MZ_ACCOUNT_COUNT = MZ_ACCOUNT_EXPENSE + MZ_CATEGORY_COUNT
};

#define MZ_ACCOUNT_PATH_MAX 200 /* bytes of a configured path */
#define MZ_ACCOUNT_NAME_SIZE 400
#define MZ_ACCOUNT_CODE_MAX 20

typedef struct mz_account {
    const char *key; /* "bank", "income.donation.restricted"; NULL: no such role */
    mz_root root;
    char code[MZ_ACCOUNT_CODE_MAX + 1];
    char zh[MZ_ACCOUNT_NAME_SIZE + 1], en[MZ_ACCOUNT_NAME_SIZE + 1];
    char path[MZ_ACCOUNT_PATH_MAX + 1];
} mz_account;

typedef struct mz_accounts {
    char roots[MZ_ROOT_COUNT][MZ_ACCOUNT_PATH_MAX + 1];
    mz_account rows[MZ_ACCOUNT_COUNT];
} mz_accounts;

/* What is built in. */
void mz_accounts_default(mz_accounts *accounts);
/* The file at `path`, strictly: every root and every role, nothing else. MZ_IO, MZ_TOO_LARGE,
 * MZ_BAD_TEXT (not JSON), MZ_UNKNOWN_MEMBER, MZ_MISSING_MEMBER, MZ_WRONG_TYPE, MZ_BAD_VALUE,
 * MZ_REPEATED_ITEM, each with the member's path. */
mz_status mz_accounts_read(const char *path, mz_accounts *accounts, mz_reason *why) MZ_MUST_USE;

/* The role of a posting. */
size_t mz_account_role(const mz_posting *posting);
/* Whether an earlier role has the same path, so that an account is declared once. */
bool mz_account_repeated(const mz_accounts *accounts, size_t role);

/* `<path>:<Id>` for each identifier that is not empty; a first letter becomes a capital, as
 * beancount wants it. Identifiers have no capitals, so no two become one. */
#define MZ_ACCOUNT_FULL_SIZE (MZ_ACCOUNT_PATH_MAX + 3 * (MZ_ID_SIZE_MAX + 1) + 1)
void mz_account_full(const char *path, const char *const ids[3], char full[MZ_ACCOUNT_FULL_SIZE]);

#endif

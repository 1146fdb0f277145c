/* schema.h — what a JSON object may hold, as a table: strict reading of bodies, `--help`, the
 * published JSON Schema and the documents all come from the same rows. */
#ifndef MZ_CORE_SCHEMA_H
#define MZ_CORE_SCHEMA_H

#include <jansson.h>

#include "core/bytes.h"

#define MZ_LIST_ITEMS_MAX 64
#define MZ_TITLE_POINTS_MAX 100 /* names and titles, in code points */
#define MZ_TEXT_POINTS_MAX 1000 /* other text, in code points */
#define MZ_TOKEN_BYTES_MAX 64   /* bank_ref, receipt_no */

typedef enum mz_type {
    MZ_TYPE_TITLE,   /* text of at most 100 code points */
    MZ_TYPE_TEXT,    /* text of at most 1000 code points */
    MZ_TYPE_TOKEN,   /* text of at most 64 bytes */
    MZ_TYPE_ID,      /* [a-z0-9][a-z0-9-]{0,39} */
    MZ_TYPE_JTI,     /* a UUIDv7 in lowercase: cites an entry */
    MZ_TYPE_DATE,    /* YYYY-MM-DD in UTC+8 */
    MZ_TYPE_MONTH,   /* YYYY-MM */
    MZ_TYPE_INTEGER, /* low..high, fen amounts included */
    MZ_TYPE_BOOLEAN,
    MZ_TYPE_ENUM,        /* one of `values` */
    MZ_TYPE_KEY,         /* 43 characters of base64url: 32 bytes */
    MZ_TYPE_SIGNATURE,   /* 86 characters of base64url: 64 bytes */
    MZ_TYPE_HEX,         /* 64 lowercase hex digits: 32 bytes */
    MZ_TYPE_CREDIT_CODE, /* 18 characters of GB 32100-2015 */
    MZ_TYPE_ORIGIN,      /* a log's name: printable ASCII, no space, no plus, at most 100 bytes */
    MZ_TYPE_VKEY,        /* C2SP signed-note verifier key */
    MZ_TYPE_URL,         /* printable ASCII, at most 200 bytes */
    MZ_TYPE_MEDIA_TYPE,  /* type/subtype, at most 100 bytes */
    MZ_TYPE_OBJECT,      /* `fields` */
    MZ_TYPE_OBJECTS,     /* a list of low..high objects of `fields` */
    MZ_TYPE_IDS,         /* a list of low..high different ids */
    MZ_TYPE_ENUMS,       /* a list of low..high different ones of `values` */
    MZ_TYPE_TEXTS,       /* a list of low..high texts, each as MZ_TYPE_TEXT */
    MZ_TYPE_DIGESTS      /* an SD-JWT _sd list: low..high different digests, sorted */
} mz_type;

enum {
    MZ_FIELD_OPTIONAL = 1,
    MZ_FIELD_SEALABLE = 2, /* `*`: in clear or as a disclosure; nobody checks which is present */
    MZ_FIELD_SEALED = 4,   /* `**`: never in clear */
    MZ_FIELD_NULLABLE = 8  /* an integer, or null: known not to be known */
};

typedef struct mz_field {
    const char *name;
    mz_type type;
    unsigned flags;
    int64_t low, high;             /* of an integer, or of a list's length */
    const char *const *values;     /* of an enum: NULL-terminated, at most 32 */
    const struct mz_field *fields; /* of objects: ends with a row without a name */
    const char *zh, *en;           /* what it is, in a few words */
} mz_field;

/* Checks that `object` holds exactly what `fields` allow. On a refusal `why` names the first broken
 * member by its path, such as `body.payees[2].cap_fen`. `path` is the object's own path. Borrows
 * all. */
mz_status mz_schema_check(const json_t *object, const mz_field *fields, const char *path,
                          mz_reason *why) MZ_MUST_USE;

/* Checks one value against a field's type alone, whether or not it may stand in clear: what a
 * disclosure holds. `path` names it. */
mz_status mz_schema_check_value(const json_t *value, const mz_field *field, const char *path,
                                mz_reason *why) MZ_MUST_USE;

/* Whether values of the type are JSON arrays. */
bool mz_type_is_list(mz_type type);

/* Position of `text` in a NULL-terminated list of values, or -1. */
int mz_value_index(const char *const *values, mz_view text);

/* The JSON Schema (2020-12) of an object with these fields. A new reference, NULL without memory.
 */
json_t *mz_schema_json(const mz_field *fields);
/* A type in words for `--help` and documents: "YYYY-MM-DD", "1..1000000000000000". */
void mz_field_type_text(const mz_field *field, mz_language language, char *text, size_t text_size);

#endif

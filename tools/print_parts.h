/* print_parts.h — what the printing of every view is made of. Internal to print.c and
 * print_*.c. */
#ifndef MZ_TOOLS_PRINT_PARTS_H
#define MZ_TOOLS_PRINT_PARTS_H

#include "cli.h"
#include "core/event.h"
#include "core/money.h"
#include "table.h"

#define MZ_YUAN_TEXT_SIZE (MZ_FEN_TEXT_SIZE + 4)

/* Members of a view; "" and 0 for what is not there. A word is told in the person's language. */
const char *mz_part_text(const json_t *object, const char *name);
int64_t mz_part_number(const json_t *object, const char *name);
const char *mz_part_word(const mz_cli *cli, const json_t *object, const char *name);

void mz_part_yuan(int64_t amount_fen, char text[MZ_YUAN_TEXT_SIZE]); /* "-¥1.00" */
/* A cell of a table; blank for what is not there. */
void mz_part_cell_fen(mz_grid *grid, const json_t *row, const char *name);
void mz_part_cell_time(mz_grid *grid, const json_t *row, const char *name);
void mz_part_cell_purpose(const mz_cli *cli, mz_grid *grid, const json_t *row); /* `purpose` */
void mz_part_cell_index(mz_grid *grid, const json_t *row, const char *name);    /* "#12" */
void mz_part_cell_number(mz_grid *grid, const json_t *row, const char *name);
void mz_part_next(const mz_cli *cli, const json_t *view);      /* where a list goes on */
void mz_part_heading(const char *text);                        /* an empty line, then the text */
const char *mz_part_step(const mz_cli *cli, const char *code); /* one of the six */
/* Movements of goods under a heading; nothing without any. print_goods.c */
void mz_print_moves(const mz_cli *cli, const char *heading, const json_t *moves);
const char *mz_part_event(const mz_cli *cli, const char *name);
/* What a member is called: the field's title up to its remark; the JSON name when it has none.
 * print_entry.c */
void mz_part_label(const mz_cli *cli, const char *name, const mz_field *field, mz_buf *label);

#endif

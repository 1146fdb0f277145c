/* money.h — int64 fen, checked. There is no other representation of money and no floating point. */
#ifndef MZ_CORE_MONEY_H
#define MZ_CORE_MONEY_H

#include "core/bytes.h"

/* The largest amount, total or balance: 10^15 fen, ten trillion yuan. */
#define MZ_AMOUNT_MAX 1000000000000000

/* True and the exact result, or false and nothing written when it does not fit an int64. */
bool mz_fen_add(int64_t left_fen, int64_t right_fen, int64_t *sum_fen) MZ_MUST_USE;
bool mz_fen_sub(int64_t left_fen, int64_t right_fen, int64_t *difference_fen) MZ_MUST_USE;

/* Yuan with two decimals and separators of thousands: "1,234.56", "-0.05". Any int64 fits. */
#define MZ_FEN_TEXT_SIZE 32
void mz_fen_text(int64_t amount_fen, char text[MZ_FEN_TEXT_SIZE]);

/* Reads what a person types as yuan: "12", "12.3", "12.34", "¥1,234.50", "-3". A yen sign (U+00A5
 * or full-width U+FFE5) may lead, after the minus; commas only where mz_fen_text would put them.
 * Refuses anything else, and amounts beyond MZ_AMOUNT_MAX either way; `amount_fen` is then
 * untouched. */
bool mz_fen_parse(mz_view text, int64_t *amount_fen) MZ_MUST_USE;

/* MZ_BALANCE_LIMIT: a sum would pass MZ_AMOUNT_MAX. */
mz_status mz_refuse_limit(mz_reason *why);

#endif

/* goods.h — what a reversal asks of the goods. Internal to the rules. */
#ifndef MZ_CORE_GOODS_H
#define MZ_CORE_GOODS_H

#include "core/act.h"

/* Takes back a goods.received, issued, sold or written_off of act's fund: stock, proposal and
 * session are as if it had not been. MZ_DEPENDED_ON when a receipt's goods are no longer there. */
mz_status mz_goods_reverse(mz_act *act, mz_ref ref) MZ_MUST_USE;

#endif

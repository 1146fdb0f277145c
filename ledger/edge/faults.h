/* faults.h — the answer to a fault while a damaged data file is read. LMDB maps its file and trusts
 * the page numbers, offsets and sizes in it, so a page with flipped bits, or a disk that fails
 * while a page is fetched, ends in SIGSEGV, SIGBUS or an assertion of LMDB, which kv/lmdb.c raises
 * as SIGBUS. Looking at every page first would make each start as slow as a check; instead the
 * fault itself is turned into the refusal MZ_CORRUPT. To the ledger that is as if the program had
 * been killed: nothing is half written. Our own assertions abort as ever. */
#ifndef MZ_EDGE_FAULTS_H
#define MZ_EDGE_FAULTS_H

#include <stdbool.h>

#include "core/status.h"

/* From now on SIGSEGV and SIGBUS end the process with `exit_code`, after MZ_CORRUPT, or
 * MZ_FULL for a SIGBUS while the disk of TMPDIR, where scratch stores lie, has no room, has been
 * said on standard error in `language` and, if `json`, on standard output as an object with code,
 * zh and en. `program` begins the message. Call it in `main`, once. Under a sanitizer it does
 * nothing: a fault is the sanitizer's to report. */
void mz_faults_install(const char *program, mz_language language, bool json, int exit_code);

#endif

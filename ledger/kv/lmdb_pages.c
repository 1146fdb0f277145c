/* lmdb_pages.c — reads as much of LMDB's file as tells which pages must be there.
 *
 * The file, data format 1 (mdb.c of LMDB 0.9, 64-bit, little-endian):
 *     page header   pgno 8, pad 2, flags 2, lower 2 (end of the offsets), upper 2; offsets of 2
 * follow pages 0, 1    header, then meta: magic 4, version 4, address 8, map size 8, two trees of
 * 48 (page size 4, flags 2, depth 2, counts 4 * 8, root 8), last page 8, transaction 8; the meta
 * with the higher transaction counts, the first tree is the free list node          lo 2, hi 2,
 * flags 2, key size 2, key, data; in a branch lo, hi, flags are the child's page, in a leaf lo, hi
 * are the data's size free list     data: count 8, then that many page numbers of 8 */
#include "kv/lmdb_pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_HEADER_SIZE 16
#define NODE_HEADER_SIZE 8
#define META_SIZE 136
#define META_MAGIC 0xBEEFC0DEu
#define META_VERSION 1u
#define PAGE_SIZE_MIN 256u
#define PAGE_SIZE_MAX 65536u
#define FLAG_BRANCH 0x01u
#define FLAG_LEAF 0x02u
#define FLAG_OVERFLOW 0x04u
#define FLAG_META 0x08u
#define NODE_BIG 0x01u /* the data are on overflow pages, whose first page number stands here */
#define DEPTH_MAX 32

typedef struct meta {
    uint64_t page_size;
    uint64_t free_root; /* UINT64_MAX: the free list is empty */
    uint64_t last_page;
    uint64_t transaction;
} meta;

typedef struct page_walk {
    int fd;
    uint64_t page_size;
    uint64_t page_count; /* whole pages in the file */
    uint64_t last_page;
    uint64_t visited_count; /* never above page_count, so that a loop ends */
    uint64_t missing_count; /* missing pages that the free list names */
} page_walk;

static uint64_t get16(const uint8_t *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8;
}

static uint64_t get32(const uint8_t *bytes)
{
    return get16(bytes) | get16(bytes + 2) << 16;
}

static uint64_t get64(const uint8_t *bytes)
{
    return get32(bytes) | get32(bytes + 4) << 32;
}

/* True when all `size` bytes at `offset` were there. */
static bool read_at(int fd, uint64_t offset, uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t got = pread(fd, bytes, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = 0; /* the end of the file is no error */
        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return true;
}

static mz_pages_answer meta_read(int fd, uint64_t offset, meta *out)
{
    uint8_t page[PAGE_HEADER_SIZE + META_SIZE];
    if (!read_at(fd, offset, page, sizeof page)) {
        if (errno != 0)
            return MZ_PAGES_ERROR;
        return offset == 0 ? MZ_PAGES_FOREIGN : MZ_PAGES_CUT_OFF;
    }
    const uint8_t *bytes = page + PAGE_HEADER_SIZE;
    *out = (meta){.page_size = get32(bytes + 24),
                  .free_root = get64(bytes + 24 + 40),
                  .last_page = get64(bytes + 120),
                  .transaction = get64(bytes + 128)};
    if ((get16(page + 10) & FLAG_META) == 0 || get32(bytes) != META_MAGIC ||
        get32(bytes + 4) != META_VERSION || out->page_size < PAGE_SIZE_MIN ||
        out->page_size > PAGE_SIZE_MAX || (out->page_size & (out->page_size - 1)) != 0)
        return MZ_PAGES_FOREIGN;
    return MZ_PAGES_WHOLE;
}

/* The meta that counts. */
static mz_pages_answer newest_meta(int fd, meta *newest)
{
    meta second;
    mz_pages_answer answer = meta_read(fd, 0, newest);
    if (answer != MZ_PAGES_WHOLE)
        return answer;
    answer = meta_read(fd, newest->page_size, &second);
    if (answer == MZ_PAGES_FOREIGN)
        return MZ_PAGES_CUT_OFF;
    if (answer != MZ_PAGES_WHOLE)
        return answer;
    if (second.transaction > newest->transaction)
        *newest = second;
    return MZ_PAGES_WHOLE;
}

static bool page_read(page_walk *walk, uint64_t page_number, uint64_t flag, uint8_t *page)
{
    if (page_number >= walk->page_count || walk->visited_count++ >= walk->page_count)
        return false;
    return read_at(walk->fd, page_number * walk->page_size, page, (size_t)walk->page_size) &&
           (get16(page + 10) & flag) == flag;
}

/* Counts the missing pages among `size` bytes of page numbers. */
static void count_missing(page_walk *walk, const uint8_t *numbers, size_t size)
{
    for (size_t at = 0; at + 8 <= size; at += 8) {
        uint64_t number = get64(numbers + at);
        if (number >= walk->page_count && number <= walk->last_page)
            walk->missing_count++;
    }
}

/* A list too long for its leaf: `data_size` bytes from page `first` on. */
static bool count_overflow(page_walk *walk, uint64_t first, uint64_t data_size, uint8_t *page)
{
    if (!page_read(walk, first, FLAG_OVERFLOW, page))
        return false;
    uint64_t skip = 8; /* the count */
    for (uint64_t at = 0; at < data_size; at += walk->page_size) {
        uint64_t left = data_size - at;
        size_t size = (size_t)(left < walk->page_size ? left : walk->page_size);
        uint64_t offset = first * walk->page_size + PAGE_HEADER_SIZE + at;
        if (!read_at(walk->fd, offset, page, size))
            return false;
        if (size > skip)
            count_missing(walk, page + skip, size - (size_t)skip);
        skip = 0;
    }
    return true;
}

static bool count_leaf_node(page_walk *walk, const uint8_t *node, size_t room)
{
    uint64_t data_size = get32(node);
    uint64_t head_size = NODE_HEADER_SIZE + get16(node + 6);
    bool is_big = (get16(node + 4) & NODE_BIG) != 0;
    if (head_size + (is_big ? 8 : data_size) > room)
        return false;
    const uint8_t *data = node + head_size;
    if (!is_big) {
        if (data_size > 8)
            count_missing(walk, data + 8, (size_t)data_size - 8);
        return true;
    }
    uint8_t *page = malloc((size_t)walk->page_size);
    bool is_whole = page != NULL && count_overflow(walk, get64(data), data_size, page);
    free(page);
    return is_whole;
}

/* Counts over the free list's tree at `page_number`. False when a page of it is missing or makes no
 * sense, or when there is no memory. */
static bool count_tree(page_walk *walk, uint64_t page_number, int depth)
{
    uint8_t *page = malloc((size_t)walk->page_size);
    bool is_whole = page != NULL && depth < DEPTH_MAX && page_read(walk, page_number, 0, page);
    bool is_branch = is_whole && (get16(page + 10) & FLAG_BRANCH) != 0;
    if (is_whole && !is_branch && (get16(page + 10) & FLAG_LEAF) == 0)
        is_whole = false;
    uint64_t lower = is_whole ? get16(page + 12) : 0;
    if (lower < PAGE_HEADER_SIZE || lower > walk->page_size)
        is_whole = false;
    for (uint64_t at = PAGE_HEADER_SIZE; is_whole && at + 2 <= lower; at += 2) {
        uint64_t offset = get16(page + at);
        if (offset + NODE_HEADER_SIZE > walk->page_size) {
            is_whole = false;
        } else if (is_branch) {
            uint64_t child = get32(page + offset) | get16(page + offset + 4) << 32;
            is_whole = count_tree(walk, child, depth + 1);
        } else {
            is_whole = count_leaf_node(walk, page + offset, (size_t)(walk->page_size - offset));
        }
    }
    free(page);
    return is_whole;
}

static mz_pages_answer check_once(int fd, meta *newest)
{
    struct stat file;
    mz_pages_answer answer = newest_meta(fd, newest);
    if (answer != MZ_PAGES_WHOLE)
        return answer;
    /* After the meta: a writer extends the file before it writes the meta that needs it. */
    if (fstat(fd, &file) != 0)
        return MZ_PAGES_ERROR;
    page_walk walk = {.fd = fd,
                      .page_size = newest->page_size,
                      .page_count = (uint64_t)file.st_size / newest->page_size,
                      .last_page = newest->last_page};
    if (walk.page_count > walk.last_page)
        return MZ_PAGES_WHOLE;
    if (newest->free_root == UINT64_MAX || !count_tree(&walk, newest->free_root, 0))
        return MZ_PAGES_CUT_OFF;
    uint64_t want = walk.last_page - walk.page_count + 1; /* the list names a page once */
    return walk.missing_count == want ? MZ_PAGES_WHOLE : MZ_PAGES_CUT_OFF;
}

mz_pages_answer mz_lmdb_pages_check(int fd)
{
    meta first;
    mz_pages_answer answer = check_once(fd, &first);
    /* A commit in the middle of the walk can make it fail: then the meta has changed, look again.
     */
    for (int attempt = 0; answer == MZ_PAGES_CUT_OFF && attempt < 3; attempt++) {
        meta second = {0};
        answer = check_once(fd, &second);
        if (second.transaction == first.transaction)
            break;
        first = second;
    }
    return answer;
}

#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/note.h"

struct mz_tree {
    mz_source *source;
    mz_hasher *hasher;
    mz_merkle_reader reader;
    FILE *nodes; /* without a name, in the order of merkle.h; NULL where the source has hashes */
    mz_buf note;
    mz_checkpoint checkpoint;
};

static mz_status read_node(void *context, uint64_t position, mz_hash *out, mz_reason *why)
{
    FILE *nodes = context;
    if (fseeko(nodes, (off_t)(position * MZ_HASH_SIZE), SEEK_SET) == 0 &&
        fread(out->bytes, 1, MZ_HASH_SIZE, nodes) == MZ_HASH_SIZE)
        return MZ_OK;
    return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
}

static mz_status add_leaves(mz_tree *tree, const mz_stretch *stretch, mz_merkle_frontier *frontier,
                            mz_reason *why)
{
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t count = 0;
    for (size_t i = 0; i < stretch->leaves.count; i++) {
        const mz_hash leaf = mz_merkle_leaf_hash(tree->hasher, mz_strings_at(&stretch->leaves, i));
        mz_merkle_frontier_append(frontier, tree->hasher, &leaf, nodes, &count);
        if (fwrite(nodes, sizeof *nodes, count, tree->nodes) != count)
            return mz_refuse(why, errno == ENOSPC ? MZ_FULL : MZ_IO,
                             mz_words("cause", strerror(errno)));
    }
    return MZ_OK;
}

static mz_status hash_into(mz_tree *tree, mz_merkle_frontier *frontier, mz_stretch *stretch,
                           mz_tree_progress *progress, void *context, mz_reason *why)
{
    const uint64_t size = tree->checkpoint.size;
    mz_status status = MZ_OK;
    while (status == MZ_OK && frontier->size < size) {
        status = mz_source_read(tree->source, frontier->size, size, stretch, why);
        if (status == MZ_OK && stretch->leaves.count == 0)
            status = mz_refuse_corrupt(why, MZ_BOTH("缺少几笔", "entries are missing"));
        if (status == MZ_OK)
            status = add_leaves(tree, stretch, frontier, why);
        if (progress != NULL)
            progress(context, frontier->size, size);
    }
    if (status != MZ_OK)
        return status;
    const mz_hash root = mz_merkle_frontier_root(frontier, tree->hasher);
    if (!mz_hash_equal(&root, &tree->checkpoint.root))
        return mz_refuse_corrupt(why, MZ_BOTH("各笔得不出总账印章的根",
                                              "the entries do not lead to the checkpoint's root"));
    tree->reader = (mz_merkle_reader){read_node, tree->nodes};
    return MZ_OK;
}

/* Hashes all entries into a file that nobody else sees. */
static mz_status hash_entries(mz_tree *tree, mz_tree_progress *progress, void *context,
                              mz_reason *why)
{
    mz_merkle_frontier *frontier = calloc(1, sizeof *frontier);
    mz_stretch *stretch = calloc(1, sizeof *stretch);
    mz_status status = MZ_OK;
    tree->nodes = tmpfile();
    if (tree->nodes == NULL) {
        status = mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    } else if (frontier == NULL || stretch == NULL) {
        status = mz_refuse(why, MZ_NO_MEMORY);
    } else {
        mz_stretch_init(stretch);
        status = hash_into(tree, frontier, stretch, progress, context, why);
        mz_stretch_clear(stretch);
    }
    free(stretch);
    free(frontier);
    return status;
}

static mz_status read_claim(mz_tree *tree, mz_reason *why)
{
    mz_note note;
    uint64_t size = 0;
    mz_status status = mz_source_claim(tree->source, &size, &tree->note, why);
    if (status == MZ_OK)
        status = mz_note_parse(mz_buf_view(&tree->note), &note, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(note.text, &tree->checkpoint, why);
    return status;
}

mz_status mz_tree_open(mz_source *source, mz_tree_progress *progress, void *context, mz_tree **tree,
                       mz_reason *why)
{
    mz_tree *made = calloc(1, sizeof *made);
    if (made == NULL) {
        mz_source_close(source);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    made->source = source;
    made->hasher = mz_hasher_new();
    mz_buf_init(&made->note, MZ_NOTE_SIZE_MAX);
    mz_status status = made->hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY) : read_claim(made, why);
    if (status == MZ_OK && !mz_source_reader(source, &made->reader))
        status = hash_entries(made, progress, context, why);
    if (status == MZ_OK)
        *tree = made;
    else
        mz_tree_close(made);
    return status;
}

void mz_tree_close(mz_tree *tree)
{
    if (tree == NULL)
        return;
    if (tree->nodes != NULL)
        (void)fclose(tree->nodes);
    mz_source_close(tree->source);
    mz_hasher_free(tree->hasher);
    mz_buf_clear(&tree->note);
    free(tree);
}

const mz_checkpoint *mz_tree_checkpoint(const mz_tree *tree)
{
    return &tree->checkpoint;
}

mz_view mz_tree_note(const mz_tree *tree)
{
    return mz_buf_view(&tree->note);
}

mz_status mz_tree_root(mz_tree *tree, uint64_t size, mz_hash *root, mz_reason *why)
{
    return mz_merkle_root(tree->hasher, &tree->reader, size, root, why);
}

mz_status mz_tree_consistency(mz_tree *tree, uint64_t old_size, uint64_t new_size,
                              mz_merkle_proof *proof, mz_reason *why)
{
    return mz_merkle_consistency(tree->hasher, &tree->reader, old_size, new_size, proof, why);
}

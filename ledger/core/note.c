typedef int mz_note_unwritten;

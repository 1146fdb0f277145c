typedef int mz_text_unwritten;

typedef int mz_receipt_unwritten;

"""The rules as rows of whole numbers, and the stages settled one after the other by HiGHS."""

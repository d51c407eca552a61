# results.awk: counts a suite's results. Understands `ok NAME`, `FAIL NAME: why` and cmocka's lines
# (with ctest's "N: " before them). Prints the failures, lines `changed ...` (what the bench found), and a
# last line "PASSED FAILED".
{
    sub(/\r$/, "")
    sub(/^[0-9]+: /, "")
}
/^ok / { passed++ }
/^changed / { print "  " $0 }
/^FAIL / { failed++; print "  " $0 }
/^\[       OK \] / { passed++ }
/^\[  FAILED  \] / && !/test\(s\)/ && !seen[$0]++ { failed++; print "  " $0 }
END { print passed + 0, failed + 0 }

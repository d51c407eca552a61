# messages.awk: prints each message and remedy of the sources that stands in no expected output. First the
# expected outputs, then `sources=1`, then the sources.
BEGIN {
    calls = "(nkidl_error|nkidl_warning|type_error|type_warning|fail)\\("
    # Nothing within reach makes these.
    unseen["out of memory"] = unseen["too many classes"] = 1
}

!sources { expected[++nexpected] = $0; next }
{ text = text $0 "\n" }

# Do the fixed parts of a format stand in this line, in their order?
function is_in(format, line, part, n, i, at) {
    n = split(format, part, /%[-.0-9*]*[lzh]*[a-z]/)
    for (i = 1; i <= n; i++) {
        at = index(line, part[i])
        if (!at)
            return 0
        line = substr(line, at + length(part[i]))
    }
    return 1
}

function check(message, i) {
    gsub(/\\n/, "", message)
    gsub(/\\"/, "\"", message)
    gsub(/\\\\/, "\\", message)
    if (length(message) < 4 || message in unseen)
        return
    nchecked++
    for (i = 1; i <= nexpected; i++)
        if (is_in(message, expected[i]))
            return
    print "no test shows: " message
    is_bad = 1
}

# The texts of a call whose parenthesis is open.
function check_call(depth, c, literal, is_text) {
    for (depth = 1; depth && text != ""; text = substr(text, 2)) {
        c = substr(text, 1, 1)
        if (is_text && c == "\\") {
            literal = literal substr(text, 1, 2)
            text = substr(text, 2)
        } else if (c == "\"") {
            is_text = !is_text
        } else if (is_text) {
            literal = literal c
        } else if (c == "P" && match(text, /^PRI[a-zA-Z0-9]+/)) {
            literal = literal "u"
            text = substr(text, RLENGTH)
        } else if (c !~ /[ \n]/) { # texts side by side are one
            check(literal)
            literal = ""
            depth += (c == "(") - (c == ")")
        }
    }
}

END {
    while (match(text, calls)) {
        text = substr(text, RSTART + RLENGTH)
        check_call()
    }
    if (nchecked < 200)
        print is_bad = "found only " nchecked " messages"
    exit is_bad != ""
}

# cases.awk: cases.txt to the policy that it tests and the table of events.
#   case NAME             a process class t.NAME of its own
#   rules METHOD RULES    what its requests of METHOD have to pass
#   event METHOD [ARGUMENT=VALUE]... => grant | deny
#   undo, forget N        as the kernel does
# awk -v policy=FILE -v table=FILE -f cases.awk cases.txt
/^ *(#|$)/ { next }
$1 == "case" {
    name = $2
    printf "task class t.%s : model.Client\n", name >policy
    printf "    {.name = \"%s\", .line = %d},\n", name, NR >table
    next
}
$1 == "rules" {
    method = $2
    sub(/^ *rules +[A-Za-z]+ */, "")
    printf "request src=t.%s dst=model.Server endpoint=own method=%s { %s }\n", name, method, $0 >policy
    next
}
$1 == "event" {
    line = $0
    sub(/^ *event +[A-Za-z]+ */, "", line)
    verdict = line
    sub(/.*=> */, "", verdict)
    sub(/ *=>.*/, "", line)
    n = split(line, words, " ")
    printf "    {.line = %d, .method = \"%s\", .expected = \"%s\"", NR, $2, verdict >table
    for (i = 1; i <= n; i++) {
        value = words[i]
        sub(/[^=]*=/, "", value)
        sub(/=.*/, "", words[i])
        printf ", .%s = %s", words[i], value >table
    }
    print "}," >table
    next
}
$1 == "undo" { printf "    {.line = %d, .method = \"undo\"},\n", NR >table; next }
$1 == "forget" { printf "    {.line = %d, .method = \"forget\", .h = %d},\n", NR, $2 >table; next }
{ print FILENAME ":" NR ": what is this? " $0 >"/dev/stderr"; exit 1 }

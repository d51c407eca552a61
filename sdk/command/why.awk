# why.awk: the kernel's lines about denials, as answers. See why.sh.
#   -v solution=DIR  whose policy it is      -v list=FILE  paths of policy files, one a line

BEGIN {
    while ((getline path < list) > 0) {
        name = path
        sub(/.*\//, "", name)
        if (!(name in where))
            where[name] = path
    }
}

# "Name (class)" or "class": the class.
function class_of(text) {
    if (match(text, / \([^()]*\)$/))
        return substr(text, RSTART + 2, RLENGTH - 3)
    return text
}

# Where the argument list that begins at `from` ends: brackets in quotes do not count.
function end_of_arguments(text, from,    i, c, quoted, depth) {
    for (i = from; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"")
            quoted = !quoted
        else if (!quoted && c == "(")
            depth++
        else if (!quoted && c == ")" && --depth == 0)
            return i
    }
    return length(text)
}

function shown(path) {
    if (index(path, solution "/") == 1)
        return substr(path, length(solution) + 2)
    return path
}

# The line of a policy that "name:line" says.
function show_line(place,    name, number, path, text, i) {
    name = place
    sub(/:[0-9]+$/, "", name)
    number = substr(place, length(name) + 2) + 0
    if (!(name in where))
        return place
    path = where[name]
    for (i = 0; i < number && (getline text < path) > 0;)
        i++
    close(path)
    quoted_line = i == number ? sprintf("      %5d | %s\n", number, text) : ""
    return shown(path) ":" number
}

function binding(    selectors) {
    selectors = event " src=" source
    if (event != "security")
        selectors = selectors ", dst=" target
    if (event == "execute")
        return selectors " { grant () }"
    return selectors (event == "security" ? ", interface=" : ", endpoint=") endpoint \
           ", method=" method " { grant () }"
}

function add(    text) {
    text = binding()
    if (text in added) {
        printf "   What is said at %d. allows it, too.\n", added[text]
        return
    }
    added[text] = n
    printf "   To allow it, add to the policy:\n      %s\n", text
}

function explain(reason,    place) {
    quoted_line = ""
    if (reason ~ /^the message is malformed/) {
        print "   The message has not the form that its description gives it: sender and receiver were" \
              " built from\n   different descriptions, or the sender fills it wrongly. No policy can allow it."
    } else if (match(reason, /^no rule matches; nearest is [^ ]*/)) {
        place = substr(reason, 29, RLENGTH - 28)
        near = substr(reason, RLENGTH + 1)
        sub(/^ but for /, "", near)
        printf "   No rule matches. The nearest is %s, but for %s:\n", show_line(place), near
        printf "%s", quoted_line
        add()
    } else if (reason ~ /^no rule matches/) {
        print "   No rule matches."
        add()
    } else if (match(reason, / at [^ ]*:[0-9]+$/)) {
        place = show_line(substr(reason, RSTART + 4))
        printf "   Denied by %s: %s\n%s", place, substr(reason, 1, RSTART - 1), quoted_line
        print "   All rules that match must grant it: to allow it, change this one."
    } else {
        print "   " reason
    }
}

# "policy: denied 10 times so far: REST" only counts.
/^policy: denied [0-9]+ times / {
    times = $3
    sub(/^policy: denied [0-9]+ times (so far|in all): /, "")
    count[$0] = times
    next
}

/^policy: denied (execute|request|response|error|security) / {
    sub(/^policy: denied /, "")
    if (!($0 in count)) {
        order[++denials] = $0
        count[$0] = 1
    }
    next
}

/^policy: [0-9]+ more denials were not shown/ { hidden += $2 }

END {
    if (!denials)
        printf "nothing was denied in the last run of %s\n", solution
    for (n = 1; n <= denials; n++) {
        line = order[n]
        event = line
        sub(/ .*/, "", event)
        rest = substr(line, length(event) + 2)
        who = rest
        sub(/: .*/, "", who)
        rest = substr(rest, length(who) + 3)
        source = who
        sub(/ -> .*/, "", source)
        target = index(who, " -> ") ? substr(who, length(source) + 5) : ""
        source = class_of(source)
        target = class_of(target)
        call = endpoint = method = ""
        if (event != "execute") {
            name = rest
            sub(/[(:].*/, "", name)
            stop = substr(rest, length(name) + 1, 1) == "(" ? end_of_arguments(rest, length(name) + 1) \
                                                          : length(name)
            call = substr(rest, 1, stop)
            rest = substr(rest, stop + 3)
            method = name
            sub(/.*\./, "", method)
            endpoint = substr(name, 1, length(name) - length(method) - 1)
        }
        printf "%s%d. %s %s%s%s\n", (n > 1 ? "\n" : ""), n, event, who, (call == "" ? "" : ": " call),
               (count[line] > 1 ? " (" count[line] " times)" : "")
        explain(rest)
    }
    if (hidden)
        printf "\n%d more denials came too fast to be shown.\n", hidden
}

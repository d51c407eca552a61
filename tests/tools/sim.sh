#!/bin/sh
# sim.sh: kos-sim maps QEMU's statuses back, and hands QEMU the right words; a script plays QEMU.
. "$(dirname "$0")/check.inc"

mkdir fake
cat >fake/qemu-system-x86_64 <<'END'
#!/bin/sh
for word; do case $word in file:*) [ -n "$FAKE_QUIET" ] || echo log >"${word#file:}" ;; esac; done
[ -z "$FAKE_SLEEP" ] || exec sleep "$FAKE_SLEEP"
exit "$FAKE_STATUS"
END
chmod +x fake/qemu-system-x86_64
: >image
sim() {
    FAKE_STATUS=$1 FAKE_SLEEP=${FAKE_SLEEP-} FAKE_QUIET=${FAKE_QUIET-} PATH=$WORK/fake:$PATH
    export FAKE_STATUS FAKE_SLEEP FAKE_QUIET PATH
    shift
    "$BIN/kos-sim" "$@"
}

expect 'status 0' 0 '' sim 1 image
expect 'status 1' 1 '' sim 3 image
expect 'deadlock is 3' 3 '' sim 7 image
expect 'panic is 5' 5 '' sim 11 image
expect 'a machine that vanishes' 6 'stopped without a status' sim 0 image
FAKE_QUIET=yes
expect 'an image that does not start' 2 'did not start' sim 1 image
FAKE_QUIET=
FAKE_SLEEP=10
expect 'time-out is 124' 124 'not finished after 0.2 s' sim 1 --timeout 0.2 image
FAKE_SLEEP=
cat >fake/talker <<'END'
#!/bin/sh
for word; do case $word in file:*) echo log >"${word#file:}" ;; esac; done
printf 'one\r\nready 42\r\n'
exec sleep 30
END
cp fake/talker fake/qemu-system-x86_64
chmod +x fake/qemu-system-x86_64
expect '--until ends the run' 0 '^ready 42' timeout 10 env PATH="$WORK/fake:$PATH" \
    "$BIN/kos-sim" --until '^ready [0-9]+$' image
expect '--until and --timeout' 124 'not finished' env PATH="$WORK/fake:$PATH" \
    "$BIN/kos-sim" --until nothing --timeout 0.3 image
sed -i 's/^exec sleep 30/exit 1/' fake/qemu-system-x86_64
expect '--until and an end before it' 1 "before a line matched 'nothing'" \
    env PATH="$WORK/fake:$PATH" "$BIN/kos-sim" --until nothing image
expect '--until with half an expression' 2 'not a regular expression' "$BIN/kos-sim" --until '((' image
expect 'no image' 2 'no such image' sim 1 missing
expect 'a bad number of CPUs' 2 'not a number of CPUs' sim 1 --smp 0 image
expect 'an unknown option' 2 'unknown option --what' sim 1 --what image

expect 'default words' 0 "'-append' 'exit=idle'" sim 1 --print image
expect '--keep and --verbose' 0 "'exit=keep verbose=1 test=1'" \
    sim 1 --print --keep --verbose --append test=1 image
printf '%s\n-machine\nvexpress-a15\n-m\n64\n-smp\n2\n-drive\nfile=a b\n' "$WORK/image" >sim.args
expect "a solution's flags" 0 "'-smp' '2' '-m' '64' .*'-nic' 'none' '-drive' 'file=a b' \$" \
    sim 1 --print --args sim.args
expect 'no foreign machine' 0 "'-M' 'q35'" sim 1 --print --args sim.args

cat >fake/qemu-system-x86_64 <<'END'
#!/bin/sh
for word; do case $word in file:*) echo log >"${word#file:}" ;; esac; done
echo "drivers: $AUDIO_DRIVER"
exit 1
END
printf '%s\n--env\nAUDIO_DRIVER=a b\n-nic\nuser\n' "$WORK/image" >sim.args
expect "a solution's QEMU_ENV" 0 '^drivers: a b' sim 1 --args sim.args
expect 'a variable without a value' 2 'QEMU_ENV X: not NAME=VALUE' sim 1 --env X image

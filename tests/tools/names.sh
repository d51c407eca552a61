#!/bin/sh
# names.sh: names of connections and endpoints that do not exist: the build says so where a source writes
# them out, and the console in any case, both with the names that exist.
. "$(dirname "$0")/check.inc"

cp -R "$ROOT/examples/02-echo" sol
client=sol/client/src/client.c
wrong() { # SED-EXPRESSION FILE: another mistake, built and run
    cp "$ROOT/examples/02-echo/client/src/client.c" "$client"
    cp "$ROOT/examples/02-echo/server/src/server.c" sol/server/src/server.c
    sed -i "$1" "$2"
    "$ROOT/tessera" run "$WORK/sol" --timeout 60 >run 2>&1 </dev/null
}
wrong 's/ServiceLocatorConnect("[a-z_]*"/ServiceLocatorConnect("echoconnection"/' "$client"
expect 'a connection, at build time' 0 \
    "^$WORK/$client:[0-9]*:[0-9]*: warning: there is no connection .echoconnection. for program Client; as a client it has .echo_connection." cat run
expect 'a connection, on the console' 0 \
    'echo.Client. ServiceLocatorConnect: there is no connection .echoconnection.; connections as client: .*echo_connection' cat run
wrong 's/\(ServiceLocatorGetRiid([^,]*, \)"[^"]*"/\1"server.ping"/' "$client"
expect 'an endpoint, at build time' 0 'warning: there is no endpoint .server.ping. for program Client; .*ping' cat run
expect 'an endpoint, on the console' 0 'ServiceLocatorGetRiid: .*.server.ping..*cserver.ping' cat run
wrong 's/ServiceLocatorRegister("[a-z_]*"/ServiceLocatorRegister("echoconnection"/' sol/server/src/server.c
expect 'a connection of a server, on the console' 0 \
    'ServiceLocatorRegister: there is no connection .echoconnection. to serve; connections as server: .*echo_connection' cat run
wrong 's/ServiceLocatorConnect("\([a-z_]*\)"/ServiceLocatorConnect(\&"xno_connection"[1]/' "$client"
expect 'a name that only the run knows: nothing at build time' 1 '' grep 'warning: there is no' run
expect 'a name that only the run knows: on the console' 0 'there is no connection .no_connection.' cat run
sed -i 's/^- name: echo.Client/@NOWHERE@\n&/' sol/einit/src/init.yaml.in
wrong 's/nothing//' "$client"
expect 'what CMake says when it runs again is shown' 0 '@NOWHERE@ is not set' cat run
cp "$ROOT/examples/02-echo/einit/src/init.yaml.in" sol/einit/src/
wrong 's/nothing//' "$client"
expect 'right names: nothing is said' 1 '' grep 'there is no' run

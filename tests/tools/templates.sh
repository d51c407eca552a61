#!/bin/sh
# templates.sh: the macros of init.yaml.in, and the modules' answers to mistakes.
. "$(dirname "$0")/check.inc"

# solution LINES-OF-INIT LINES-OF-CMAKE: a solution with one program named Prog.
solution() {
    rm -rf sol
    mkdir -p sol
    printf '%s\n' "$1" >sol/init.yaml.in
    echo 'int main(void) { return 0; }' >sol/prog.c
    cat >sol/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.12)
project(test C)
include(platform)
initialize_platform(FORCE_STATIC)
include(platform/image)
add_executable(Prog prog.c)
$2
build_kos_qemu_image(kos-qemu-image EINIT_ENTITY E CONNECTIONS_CFG init.yaml.in IMAGE_FILES Prog)
END
}
configure() {
    cmake -G Ninja -S sol -B sol/build -D CMAKE_C_COMPILER_WORKS=1 \
        -D CMAKE_TOOLCHAIN_FILE="$SDK/toolchain/share/toolchain-$TARGET.cmake"
}
init=sol/build/kos-qemu-image.dir/init.yaml
# expanded NAME TEXT: the description without the lines that lead back to the template.
expanded() {
    grep -v '^#line ' $init >expanded
    same "$1" "$2" expanded
}

solution 'entities:
- name: t.Prog
  path: @INIT_Prog_PATH@
@INIT_Prog_ENTITY_CONNECTIONS@
  args: ["a;b", "[c"]' ''
expect 'without properties' 0 done configure
expanded 'macros vanish' 'entities:
- name: t.Prog
  path: Prog

  args: ["a;b", "[c"]'

extra='set_target_properties(Prog PROPERTIES EXTRA_CONNECTIONS "    - target: x.Y
      id: {var: A, include: b.h}" EXTRA_ENV "A: 1
    B: 2")'
solution 'entities:
  - name: t.Prog
    @INIT_PROG_ENTITY_CONNECTIONS@
@INIT_Prog_ENTITY_ENV@' "$extra"
expect 'with properties' 0 done configure
expanded 'keys at the column of the entry' 'entities:
  - name: t.Prog
    connections:
    - target: x.Y
      id: {var: A, include: b.h}
    env:
      A: 1
      B: 2'

solution 'entities:
- name: t.Prog
  connections:
    - target: p.Q
      id: c
@INIT_Prog_ENTITY_CONNECTIONS+@
  env:
     Z: @Z@
@INIT_Prog_ENTITY_ENV+@
@INIT_EXTERNAL_ENTITIES@' "set(Z 26)
$extra"
expect 'appended' 0 done configure
expanded 'items at the column of the others' 'entities:
- name: t.Prog
  connections:
    - target: p.Q
      id: c
    - target: x.Y
      id: {var: A, include: b.h}
  env:
     Z: 26
     A: 1
     B: 2'

solution 'entities:
- name: t.Prog
@INIT_Porg_ENTITY_CONNECTIONS@' ''
expect 'a misspelt program is named' 0 'INIT_Porg_ENTITY_CONNECTIONS@ names' configure
solution 'entities:
- name: t.Prog
@INIT_Prog_ENTITY_CONECTIONS@' ''
expect 'a misspelt macro is named' 0 'is no macro' configure
solution 'entities:
- name: @NOWHERE@' ''
expect 'a variable that is not set' 0 '@NOWHERE@ is not set' configure

# Programs that others need.
set_up='add_executable(Server prog.c)
add_executable(box::entity IMPORTED GLOBAL)
set_target_properties(box::entity PROPERTIES IMPORTED_LOCATION ${CMAKE_SOURCE_DIR}/Box
    KOS_ENTITY_NAME kl.Box EXTRA_ARGS "  - -l
  - a b" EXTRA_ENV "MODE: fast")
add_library(box_client INTERFACE)
set_target_properties(box_client PROPERTIES KOS_DEMANDS_ENTITY box::entity)
add_library(layer INTERFACE)
target_link_libraries(layer INTERFACE box_client)
'
needs() { # LINES-OF-CMAKE: Prog and Server, in an image
    solution 'entities:
- name: t.Prog
  path: Prog
@INIT_Prog_ENTITY_CONNECTIONS@
@INIT_Prog_ENTITY_ARGS@
- name: t.Server
  task: first
  path: Server
@INIT_EXTERNAL_ENTITIES@' "$set_up$1"
    sed -i 's/IMAGE_FILES Prog)/SECURITY_PSL security.psl.in IMAGE_FILES Prog Server)/' sol/CMakeLists.txt
    printf 'use EDL t.Prog\n@INIT_EXTERNAL_ENTITIES@\nexecute { grant () }\n' >sol/security.psl.in
    : >sol/Box
}
# entries CONNECTIONS ARGS EXTERNAL: what needs() becomes.
entries() {
    printf 'entities:\n- name: t.Prog\n  path: Prog\n%s\n%s\n- name: t.Server\n  task: first\n  path: Server\n%s' \
        "$1" "$2" "$3"
}
box='- name: kl.Box
  path: Box
  args:
  - -l
  - a b
  env:
    MODE: fast'
needs 'set_target_properties(Prog PROPERTIES DEPENDS_ON_ENTITY Server EXTRA_ARGS "[\"x\", \"y z\"]")'
expect 'DEPENDS_ON_ENTITY' 0 done configure
expanded 'a channel to the process of a program; arguments on one line' "$(entries '  connections:
  - target: first
    id: first' '  args: ["x", "y z"]' '')"
needs 'target_link_libraries(Prog layer)'
expect 'a library that needs a prebuilt program' 0 done configure
expanded 'brings the channel and the program' "$(entries '  connections:
  - target: kl.Box
    id: kl.Box' '' "$box")"
same 'and the class into the policy, in one line' 'use EDL t.Prog
use EDL kl.Box 
execute { grant () }' sol/build/kos-qemu-image.dir/security.psl
expect 'and its file into the image' 0 'sol/Box' grep kos_make_kimg sol/build/build.ninja
needs 'target_link_libraries(Prog layer)
set_target_properties(Prog PROPERTIES box::entity_REPLACEMENT "")'
expect 'an empty <X>_REPLACEMENT' 0 done configure
expanded 'no channel, no program' "$(entries '' '' '')"
needs 'target_link_libraries(Prog layer)
set_target_properties(Prog PROPERTIES kl.Box_REPLACEMENT Server
    EXTRA_CONNECTIONS "  - target: first
    id: mine")'
expect '<X>_REPLACEMENT by another program' 0 done configure
expanded 'no second channel to a server that is connected' "$(entries '  connections:
  - target: first
    id: mine' '' '')"
needs ''
sed -i 's/EXTERNAL_ENTITIES/EXTERNAL_ENTITES/' sol/security.psl.in
expect 'a misspelt macro of the policy is named' 0 \
    'security.psl.in: @INIT_EXTERNAL_ENTITES@ is no' configure
needs ''
echo '@NOTHING@' >>sol/security.psl.in
expect 'a variable of the policy that is not set' 0 'security.psl.in: @NOTHING@ is not set' configure

# Options of the image.
needs 'add_executable(Klog prog.c)'
sed -i 's/SECURITY_PSL/KLOG_ENTITY Klog EXTRA_XDL_DIR more xdl PERFCNT_KERNEL QEMU_ENV "A=b c" "D=1"\
    QEMU_USER_NETWORK_FLAGS "hostfwd=tcp::1-:2" QEMU_FLAGS "-smp 2" SECURITY_PSL/' sol/CMakeLists.txt
expect 'options of the image' 0 'PERFCNT_KERNEL: this SDK has one kernel' configure
same 'QEMU_ENV, QEMU_FLAGS, QEMU_USER_NETWORK_FLAGS' "$WORK/sol/build/kos-qemu-image.dir/kos-qemu-image
--env
A=b c
--env
D=1
-smp
2
-nic
user,hostfwd=tcp::1-:2" sol/build/sim.args
expect 'EXTRA_XDL_DIR for einit' 0 "toolchain/bin/einit .* -I $WORK/sol/more -I $WORK/sol/xdl " cat sol/build/build.ninja
expect 'EXTRA_XDL_DIR for the security module' 0 "makekss .* -I $WORK/sol/more -I $WORK/sol/xdl " cat sol/build/build.ninja
expect 'KLOG_ENTITY is in the image' 0 'kos_make_kimg .*/build/Klog ' cat sol/build/build.ninja
sed -i 's/KLOG_ENTITY Klog/KLOG_ENTITY Klgo/' sol/CMakeLists.txt
expect 'KLOG_ENTITY that does not exist' 1 'KLOG_ENTITY Klgo is no target' configure

# Conditional templates.
solution 'entities:
{% if BOARD == "QEMU" %}
- name: {{ CLASS }}
{% else %}
- name: t.Board
{% endif %}
  path: Prog' ''
sed -i 's/IMAGE_FILES Prog)/GINGER_ENABLE TRUE GINGER_DEFINITIONS "BOARD=QEMU" "CLASS=t.Prog" IMAGE_FILES Prog)/' sol/CMakeLists.txt
expect 'GINGER_DEFINITIONS' 0 done configure
expanded 'lines that are left out stay empty' 'entities:

- name: t.Prog



  path: Prog'
sed -i 's/{% else %}/{% esle %}/' sol/init.yaml.in
expect 'a misspelt word of a template: place and words' 1 'init.yaml.in:4: error: {% esle %} is not known; there are if' configure
printf '{%% if A %%}x\n' >t
expect 'a condition that is not closed' 1 '^t:1: error: {% if %} has no {% endif %}' "$BIN/kos-template" t
printf '{%% if not A and B != "x" or C %%}1{%% elif D %%}2{%% else %%}3{%% endif %%}\n' >t
for case in '1 ' '3 A=1' '1 A=0' '1 A=1 C=yes' '2 A=1 D=1' '3 B=x D=no'; do
    # shellcheck disable=SC2086 # words
    "$BIN/kos-template" t ${case#* } >said
    same "a condition with ${case#* }" "${case%% *}" said
done
echo '{{ A }} {{ B }}' >t
expect 'a value that is not defined' 1 't:1: error: {{ B }} is not defined; defined are A' "$BIN/kos-template" t A=1

# What the build says to mistakes in the description.
mistake() { # NAME PATTERN INIT
    solution "$3" "nk_build_edl_files(edl NK_MODULE t EDL \${CMAKE_SOURCE_DIR}/Prog.edl)
nk_build_edl_files(edl NK_MODULE t EDL \${CMAKE_SOURCE_DIR}/Other.edl)"
    echo 'task class t.Prog' >sol/Prog.edl
    echo 'task class t.Other' >sol/Other.edl
    configure >/dev/null 2>&1
    expect "$1" 1 "$2" cmake --build sol/build
}
mistake 'an unknown target: place and names' \
    'init.yaml.in:5:13: error: there is no process "t.Othr".*"t.Prog", "t.Other"' 'entities:
- name: t.Prog
  path: Prog
  connections:
  - target: t.Othr
    id: c
- name: t.Other
  path: Prog'
mistake 'an unknown class' 'init.yaml.in:2:9: error: .*class "t.Porg"' 'entities:
- name: t.Porg
  path: Prog'
mistake 'two processes of a name' 'init.yaml.in:4:9: error: there are two processes named "t.Prog"' \
    'entities:
- name: t.Prog
  path: Prog
- name: t.Prog
  path: Prog'
mistake 'a program that is not in the image' \
    'init.yaml.in:3:9: error: the image has no file "Porg" for process "t.Prog"; its files are "Prog"' \
    'entities:
- name: t.Prog
  path: Porg'
mistake 'the default of path:' 'has no file "t.Other".*the default of "path:"' 'entities:
- name: t.Other'
solution 'entities:
- name: t.Prog
  path: Prog' 'nk_build_edl_files(edl NK_MODULE t EDL ${CMAKE_SOURCE_DIR}/nowhere/Prog.edl)'
expect 'a description that does not exist' 1 'does not exist' configure
solution 'entities:
- name: t.Prog
  path: Prog
@INIT_Prog_ENTITY_CONNECTIONS@
- name: t.Porg' "$extra
add_executable(x.Y prog.c)"
configure >/dev/null 2>&1
expect 'a mistake behind an expansion: the line of the template' 1 \
    "^$WORK/sol/init.yaml.in:5:9: error: .*class .t.Porg" cmake --build sol/build
expect 'and one in it: the line of the macro' 1 \
    "^$WORK/sol/init.yaml.in:4:13: error: there is no process .x.Y" cmake --build sol/build
solution 'entities:
- name: t.Prog
  path: Prog
  env: {$<TARGET_PROPERTY:Prog,EXTRA_ENV>}
  args: $<TARGET_PROPERTY:Prog,EXTRA_ARGS>
@INIT_Prog_ENTITY_CONNECTIONS@
- name: t.Porg' "$extra
set_property(TARGET Prog PROPERTY EXTRA_ENV \"A: 1,
  B: 2\")
set_property(TARGET Prog PROPERTY EXTRA_ARGS \"
  - a
  - b\")
add_executable(x.Y prog.c)"
configure >/dev/null 2>&1
expect 'a mistake behind generator expressions of several lines' 1 \
    "^$WORK/sol/init.yaml.in:7:9: error: .*class .t.Porg" cmake --build sol/build
solution 'entities: []' 'nk_build_idl_files(Prog NK_MODULE t IDL prog.c)'
expect 'a name that a program has' 1 'Prog: a program or library has this name already' configure
solution 'entities: []' 'bind_nk_targets(Prog nowhere)'
expect 'bind_nk_targets and no target' 1 'nowhere is no target' configure

solution 'entities: []' 'nk_build_edl_files(edl NK_MODULE tt EDL ${CMAKE_SOURCE_DIR}/Prog.edl)'
printf '/* task class x.Y */ // entity z.Z\n\ntask\nclass t.Prog\n' >sol/Prog.edl
expect 'a module that does not fit the name' 0 'NK_MODULE is "tt", but Prog is described as t.Prog: its' configure
sed -i 's/NK_MODULE tt/NK_MODULE t/' sol/CMakeLists.txt
mkdir -p sol/build/_headers_/tt
ln -sf "$WORK/sol/Prog.edl" sol/build/_headers_/tt/Prog.edl # of the mistake
ln -sf "$WORK/sol/Gone.edl" sol/build/_headers_/tt/Gone.edl
expect 'nothing of the mistake stays' 0 '' sh -c 'rm -rf sol/build/CMake*; cmake -G Ninja -S sol -B sol/build \
    -D CMAKE_TOOLCHAIN_FILE="$0" >configured 2>&1 && cmake --build sol/build' \
    "$SDK/toolchain/share/toolchain-$TARGET.cmake"
expect 'a module that fits: no warning' 1 '' grep NK_MODULE configured
solution 'entities: []' ''
sed -i 's/IMAGE_FILES Prog)/IMAGE_FILES Prog Porg)/' sol/CMakeLists.txt
expect 'an image of a program that does not exist' 0 'image: Porg is neither a program of the solution nor a file' configure

# find_package
solution 'entities: []' 'find_package(vfs REQUIRED COMPONENTS CLIENT_LIB ENTITY)'
expect 'a package that has not arrived' 1 \
    'find_package: vfs (file systems) is not part of this SDK yet' configure
solution 'entities: []' 'find_package(rump)
find_package(Threads REQUIRED)
target_link_libraries(Prog Threads::Threads)'
expect 'one that is asked for only' 0 'rump (network stack) is not part' configure
solution 'entities: []' "$(grep -v '^#' "$ROOT/sdk/cmake/missing-packages.txt" | sed 's/\([^ ]*\).*/find_package(\1)/')"
configure >said 2>&1
same 'every one of them: a line each' \
    "$(grep -v '^#' "$ROOT/sdk/cmake/missing-packages.txt" | sed 's/^\([^ ]*\) \(.*\)/-- find_package: \1 (\2) is not part of this SDK yet/')" \
    "$(grep '^-- find_package' said >packages; echo packages)"

# initialize_platform, targets of a solution.
solution 'entities: []' 'platform_target_force_static(Prog)
project_static_executable_header_default()'
sed -i 's/FORCE_STATIC/USE_DYNAMIC_LEGACY NO_NEW_VERSION_CHECK STATICALLY/' sol/CMakeLists.txt
configure >said 2>&1
expect 'USE_DYNAMIC_LEGACY says what it does' 0 'platform: programs are linked statically' cat said
expect 'a word that initialize_platform does not know' 0 'STATICALLY means nothing' cat said
for target in 'gdbsim kos-sim.*--args .*sim.args.* --gdb' 'gdb kos-gdb.*--args .*sim.args' 'sim kos-sim.*--args' \
    'cgdb cgdb.*target remote :1234'; do
    expect "target ${target%% *}" 0 "${target#* }" ninja -C sol/build -t commands "${target%% *}"
done

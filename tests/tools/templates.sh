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
result=sol/build/kos-qemu-image.dir/init.yaml

solution 'entities:
- name: t.Prog
  path: @INIT_Prog_PATH@
@INIT_Prog_ENTITY_CONNECTIONS@
  args: ["a;b", "[c"]' ''
expect 'without properties' 0 done configure
same 'macros vanish' 'entities:
- name: t.Prog
  path: Prog

  args: ["a;b", "[c"]' $result

extra='set_target_properties(Prog PROPERTIES EXTRA_CONNECTIONS "    - target: x.Y
      id: {var: A, include: b.h}" EXTRA_ENV "A: 1
    B: 2")'
solution 'entities:
  - name: t.Prog
    @INIT_PROG_ENTITY_CONNECTIONS@
@INIT_Prog_ENTITY_ENV@' "$extra"
expect 'with properties' 0 done configure
same 'keys at the column of the entry' 'entities:
  - name: t.Prog
    connections:
    - target: x.Y
      id: {var: A, include: b.h}
    env:
      A: 1
      B: 2' $result

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
same 'items at the column of the others' 'entities:
- name: t.Prog
  connections:
    - target: p.Q
      id: c
    - target: x.Y
      id: {var: A, include: b.h}
  env:
     Z: 26
     A: 1
     B: 2' $result

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
    'init.yaml:5:13: error: there is no process "t.Othr".*"t.Prog", "t.Other"' 'entities:
- name: t.Prog
  path: Prog
  connections:
  - target: t.Othr
    id: c
- name: t.Other
  path: Prog'
mistake 'an unknown class' 'init.yaml:2:9: error: .*class "t.Porg"' 'entities:
- name: t.Porg
  path: Prog'
mistake 'two processes of a name' 'init.yaml:4:9: error: there are two processes named "t.Prog"' \
    'entities:
- name: t.Prog
  path: Prog
- name: t.Prog
  path: Prog'
mistake 'a program that is not in the image' \
    'init.yaml:3:9: error: the image has no file "Porg" for process "t.Prog"; its files are "Prog"' \
    'entities:
- name: t.Prog
  path: Porg'
mistake 'the default of path:' 'has no file "t.Prog".*the default of "path:"' 'entities:
- name: t.Prog'
solution 'entities:
- name: t.Prog
  path: Prog' 'nk_build_edl_files(edl NK_MODULE t EDL ${CMAKE_SOURCE_DIR}/nowhere/Prog.edl)'
expect 'a description that does not exist' 1 'does not exist' configure
solution 'entities: []' 'nk_build_idl_files(Prog NK_MODULE t IDL prog.c)'
expect 'a name that a program has' 1 'Prog: a program or library has this name already' configure
solution 'entities: []' 'bind_nk_targets(Prog nowhere)'
expect 'bind_nk_targets and no target' 1 'nowhere is no target' configure

# find_package
solution 'entities: []' 'find_package(vfs REQUIRED COMPONENTS CLIENT_LIB ENTITY)'
expect 'a package that has not arrived' 1 \
    'find_package: vfs (file systems) is not part of this SDK yet' configure
solution 'entities: []' 'find_package(rump)
find_package(Threads REQUIRED)
target_link_libraries(Prog Threads::Threads)'
expect 'one that is asked for only' 0 'rump (network stack) is not part' configure

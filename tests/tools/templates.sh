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

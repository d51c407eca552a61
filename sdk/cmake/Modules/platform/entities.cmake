# Which programs a program of the image needs as servers, and which prebuilt programs come with it.
#
# A program is told by a target, or by the name of its process. What the functions here look at:
#
#     DEPENDS_ON_ENTITY    (of a program) programs that it needs: a channel to each
#     KOS_DEMANDS_ENTITY   (of a library) the same, for each program linked with it
#     <E>_REPLACEMENT      (of a program) which program stands in for E; an empty one: none, no channel
#     KOS_ENTITY_NAME      (of a prebuilt program) its process class; it is started with that name
#     KOS_CONNECT          (of a prebuilt program) the text of its channels in init.yaml: items of
#                          connections:. Without: its own name as target and id
#     EXTRA_CONNECTIONS, EXTRA_ENV, EXTRA_ARGS   (of a program) text for init.yaml
#
# A prebuilt program that another one needs becomes part of the image by itself.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for

# Entities that the libraries of a target demand, through any number of libraries.
function(kos_library_demands target seen_in demands_result seen_result)
    set(demands "")
    set(seen "${seen_in};${target}")
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
        get_target_property(libraries ${target} LINK_LIBRARIES)
    endif()
    foreach(library IN LISTS libraries)
        string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" library "${library}")
        if(TARGET "${library}" AND NOT library IN_LIST seen)
            get_target_property(own ${library} KOS_DEMANDS_ENTITY)
            if(own)
                list(APPEND demands ${own})
            endif()
            kos_library_demands(${library} "${seen}" more seen)
            list(APPEND demands ${more})
        endif()
    endforeach()
    set(${demands_result} "${demands}" PARENT_SCOPE)
    set(${seen_result} "${seen}" PARENT_SCOPE)
endfunction()

# Name of the process of a program: a prebuilt one carries it, one of the solution has it in the
# template, where an entry's path: is the program's file. Anything else is a name itself.
function(kos_entity_name entity template result)
    set(name "${entity}")
    if(TARGET "${entity}")
        get_target_property(known ${entity} KOS_ENTITY_NAME)
        string(REGEX REPLACE "([][+.*()^$?|])" "\\\\\\1" quoted "${entity}")
        if(known)
            set(name "${known}")
        elseif(template MATCHES
               "(^|\n) *-? *path: *[\"']?(${quoted}|@INIT_${quoted}_PATH@)[\"']? *(\n|$)")
            string(FIND "${template}" "${CMAKE_MATCH_0}" at)
            string(SUBSTRING "${template}" 0 ${at} before)
            if("\n${before}" MATCHES ".*\n *-? *(name|task): *[\"']?([^ \"'\n]+)")
                set(name "${CMAKE_MATCH_2}")
            endif()
        endif()
    endif()
    set(${result} "${name}" PARENT_SCOPE)
endfunction()

# The entities that a program of the image needs, replacements in their place.
function(kos_program_demands program template result)
    kos_library_demands(${program} "" demands seen)
    get_target_property(own ${program} DEPENDS_ON_ENTITY)
    if(own)
        list(APPEND demands ${own})
    endif()
    list(REMOVE_DUPLICATES demands)
    set(needed "")
    foreach(entity IN LISTS demands)
        kos_entity_name("${entity}" "${template}" name)
        foreach(word IN ITEMS "${name}" "${entity}")
            get_property(is_replaced TARGET ${program} PROPERTY "${word}_REPLACEMENT" SET)
            if(is_replaced)
                get_target_property(entity ${program} "${word}_REPLACEMENT")
                break()
            endif()
        endforeach()
        if(NOT entity STREQUAL "")
            list(APPEND needed "${entity}")
        endif()
    endforeach()
    list(REMOVE_DUPLICATES needed)
    set(${result} "${needed}" PARENT_SCOPE)
endfunction()

# The channels that a program needs, as items of connections:, without those to a server that
# `given` (text of the template or of a property) has already.
function(kos_demanded_connections program template given result)
    set(text "")
    kos_program_demands(${program} "${template}" entities)
    foreach(entity IN LISTS entities)
        kos_entity_name("${entity}" "${template}" name)
        set(items "")
        if(TARGET "${entity}")
            get_target_property(items ${entity} KOS_CONNECT)
        endif()
        if(NOT items)
            set(items "- target: ${name}\nid: ${name}")
        endif()
        string(REGEX REPLACE "([][+.*()^$?|])" "\\\\\\1" quoted "${name}")
        if(NOT given MATCHES "target: *[\"']?${quoted}[\"']? *(\n|$|})")
            string(APPEND text "${items}\n")
        endif()
    endforeach()
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Prebuilt programs of the image: those among its items, and those that its programs need.
function(kos_prebuilt_programs items template result)
    set(prebuilt "")
    set(open "${items}")
    while(open)
        list(POP_FRONT open item)
        if(NOT TARGET "${item}")
            continue()
        endif()
        get_target_property(name ${item} KOS_ENTITY_NAME)
        if(name AND NOT item IN_LIST prebuilt)
            list(APPEND prebuilt ${item})
        elseif(name)
            continue()
        endif()
        get_target_property(type ${item} TYPE)
        if(type STREQUAL EXECUTABLE)
            kos_program_demands(${item} "${template}" needed)
            foreach(entity IN LISTS needed)
                if(TARGET "${entity}" AND NOT entity IN_LIST prebuilt)
                    list(APPEND open ${entity})
                endif()
            endforeach()
        endif()
    endwhile()
    set(${result} "${prebuilt}" PARENT_SCOPE)
endfunction()

# include(platform/doxygen): target `documentation`, without effect on this target.
include_guard(GLOBAL)
include(platform)

function(add_project_documentation_main_target)
    if(NOT TARGET documentation)
        add_custom_target(documentation COMMENT "no documentation is built")
    endif()
endfunction()

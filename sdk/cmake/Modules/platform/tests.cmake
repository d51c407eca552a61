# include(platform/tests): the commands that solutions call for their tests on the host; no test is
# built for this target yet, so their targets do nothing.
include_guard(GLOBAL)
include(platform)

function(add_project_tests_main_target)
    if(NOT TARGET tests)
        add_custom_target(tests COMMENT "no tests are built for this target")
    endif()
endfunction()

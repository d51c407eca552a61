# include(platform/install): accepted; its work is done by the other modules, or by nothing on this
# target.
include_guard(GLOBAL)
include(platform)

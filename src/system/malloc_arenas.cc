#include "system/malloc_arenas.h"

#include <malloc.h>
#include <sched.h>

namespace adit {

void limit_malloc_arenas() {
  cpu_set_t processors;
  if (::sched_getaffinity(0, sizeof processors, &processors) == 0) ::mallopt(M_ARENA_MAX, CPU_COUNT(&processors));
}

}  // namespace adit

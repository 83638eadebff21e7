#pragma once

namespace adit {

/// Limits the C library to one heap for each processor that this process may use. Its default is eight for each
/// processor, and a heap grows by only 4 KB for each system call. Call it before the first thread starts.
void limit_malloc_arenas();

}  // namespace adit

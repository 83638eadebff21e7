#pragma once

#include <cstdint>
#include <memory>

#include "token/engine/issued.h"

namespace adit::token {

// Each thread's copies of the tokens that it used last, by credential.
//
// A cached get() must not change a counter that threads share: copying one std::shared_ptr takes 256 ns on two threads,
// and 29 ns on one (docs/performance.md). Therefore each thread keeps its own std::shared_ptr, with its own reference
// count, together with the generation of the credential's state (CredentialState::generation_). The generation changes
// when there is another token, and when the clock has to be read again: a thread whose copy has the present generation
// can return it without any other check.
//
// The table has 64 slots. Credentials are numbered; two with the same number modulo 64 replace each other.

/// Returns this thread's copy, or nullptr if it has none of this credential and generation.
[[nodiscard]] const std::shared_ptr<const Issued>* find_thread_token(std::uint64_t credential,
                                                                     std::uint64_t generation) noexcept;

/// Keeps a copy for this thread, instead of the one before, and returns it. Keeps nothing if the thread is ending or
/// memory is short.
[[nodiscard]] std::shared_ptr<const Issued> keep_thread_token(std::uint64_t credential, std::uint64_t generation,
                                                              std::shared_ptr<const Issued> token);

}  // namespace adit::token

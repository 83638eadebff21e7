#pragma once

#include <cstdint>
#include <memory>

#include "token/engine/issued.h"

namespace adit::token {

/// The tokens that this thread took last, by credential.
///
/// A cached get() must not change a counter that threads share: copying one std::shared_ptr on two threads costs 256
/// ns, on one 29 (docs/performance.md). So each thread keeps a std::shared_ptr of its own, with its own reference
/// count, under the generation number of the credential's state (CredentialState::generation). The number moves when
/// there is another token and when the clock has to be read again, so that a thread that finds its number has nothing
/// else to ask.
///
/// The table has 64 places; credentials are numbered, and two with the same number modulo 64 take turns.

/// Nullptr unless this thread keeps a token of this credential and generation.
[[nodiscard]] const std::shared_ptr<const Issued>* find_thread_token(std::uint64_t credential,
                                                                     std::uint64_t generation) noexcept;

/// Keeps a reference of this thread to the token, instead of the one before, and returns a copy of it. At the
/// thread's end, and if memory is short, nothing is kept.
[[nodiscard]] std::shared_ptr<const Issued> keep_thread_token(std::uint64_t credential, std::uint64_t generation,
                                                              std::shared_ptr<const Issued> token);

}  // namespace adit::token

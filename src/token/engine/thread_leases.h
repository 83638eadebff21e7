#pragma once

#include <cstdint>
#include <memory>

#include "adit/token_source.h"

namespace adit::token {

/// A number that no generation had before.
[[nodiscard]] std::uint64_t next_generation() noexcept;

/// Keeps a share of `token` for the present thread under (credential, generation), giving up the one that it replaces
/// there, and returns it held once more for the caller. Where the thread is about to end, or memory lacks for the slot,
/// the share belongs to no thread.
[[nodiscard]] Lease& keep_lease(std::uint64_t credential, std::uint64_t generation,
                                std::shared_ptr<const Issued> token);

}  // namespace adit::token

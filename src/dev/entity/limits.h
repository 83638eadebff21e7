#pragma once

#include <chrono>
#include <cstddef>

/// The platform's limits, with Apache OpenWhisk's own values.
namespace adit::dev {

/// Of an activation's payload and of its result (ActivationEntityLimit).
inline constexpr std::size_t kMaxPayloadBytes = 1U << 20U;
/// Of actions in a sequence, those of the sequences in it included (sequenceLimit).
inline constexpr std::size_t kMaxSequenceLength = 50;
/// How long a blocking call waits before it is answered 202 (blocking-activation-max-wait).
inline constexpr std::chrono::milliseconds kMaxBlockingWait{60'000};
/// Of the entities in one list (Collection.MAX_LIST_LIMIT), and how many there are if the caller does not say.
inline constexpr int kMaxListLimit = 200;
inline constexpr int kDefaultListLimit = 30;

}  // namespace adit::dev

#pragma once

#include <chrono>
#include <cstddef>

#include "app/project/sequence_limits.h"

/// The platform's limits, with Apache OpenWhisk's own values.
namespace adit::dev {

/// Of an activation's payload and of its result (ActivationEntityLimit).
inline constexpr std::size_t kMaxPayloadBytes = 1U << 20U;
using app::kMaxSequenceLength;
/// How long a blocking call waits before it is answered 202 (blocking-activation-max-wait).
inline constexpr std::chrono::milliseconds kMaxBlockingWait{60'000};
/// Of the entities in one list (Collection.MAX_LIST_LIMIT), and how many there are if the caller does not say.
inline constexpr int kMaxListLimit = 200;
inline constexpr int kDefaultListLimit = 30;
/// Of an entity's name (EntityName.ENTITY_NAME_MAX_LENGTH).
inline constexpr std::size_t kMaxNameLength = 256;
/// Of an action's code as it is sent, base64 included (Exec.sizeLimit).
inline constexpr std::size_t kMaxCodeBytes = 48U << 20U;
/// Of an entity's parameters, and of its annotations (Parameters.sizeLimit).
inline constexpr std::size_t kMaxParameterBytes = 1U << 20U;
/// How many activations a minute, and at once, the platform says that it allows: it counts none.
inline constexpr int kNoLimit = 1'000'000;
/// Of a request that writes an entity: its code, parameters and annotations, and what stands around them.
inline constexpr std::size_t kMaxEntityBytes = kMaxCodeBytes + 2 * kMaxParameterBytes + (1U << 20U);

}  // namespace adit::dev

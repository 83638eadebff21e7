#pragma once

#include <chrono>
#include <cstddef>

#include "app/manifest/sequence_limits.h"

/// The platform's limits. Their values are Apache OpenWhisk's (docs/protocols/openwhisk-api.md, "Limits").
namespace adit::dev {

/// Maximum size of an activation's payload, and of its result (ActivationEntityLimit).
inline constexpr std::size_t kMaxPayloadBytes = 1U << 20U;
using app::kMaxSequenceLength;
/// How long a blocking call waits before it is answered with 202 (blocking-activation-max-wait).
inline constexpr std::chrono::milliseconds kMaxBlockingWait{60'000};
/// Maximum length of a list (Collection.MAX_LIST_LIMIT), and its length if the caller does not ask for another.
inline constexpr int kMaxListLimit = 200;
inline constexpr int kDefaultListLimit = 30;
/// Maximum length of an entity's name (EntityName.ENTITY_NAME_MAX_LENGTH).
inline constexpr std::size_t kMaxNameLength = 256;
/// Maximum size of an action's code as it is sent, in base64 if it is a zip (Exec.sizeLimit).
inline constexpr std::size_t kMaxCodeBytes = 48U << 20U;
/// Maximum size of an entity's parameters, and of its annotations (Parameters.sizeLimit).
inline constexpr std::size_t kMaxParameterBytes = 1U << 20U;
/// The limit of activations per minute, and of concurrent ones, that the API reports. Neither is enforced.
inline constexpr int kNoLimit = 1'000'000;
/// Maximum size of a request that writes an entity: its code, parameters and annotations, and 1 MB for the rest.
inline constexpr std::size_t kMaxEntityBytes = kMaxCodeBytes + 2 * kMaxParameterBytes + (1U << 20U);

}  // namespace adit::dev

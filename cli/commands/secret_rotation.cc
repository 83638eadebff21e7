#include "cli/commands/secret_rotation.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

#include "adit/error.h"
#include "adit/log.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "config/dotenv_edit.h"

namespace adit::cli {
namespace {

using std::chrono::milliseconds;

/// The `.env`, and the settings in it that contain the secret in use. They are two if the project keeps its former JWT
/// credential beside OAuth server-to-server: a converted credential keeps its id and its secrets.
struct SecretsPlace {
  DotenvText text;
  std::vector<std::string> settings;
};

SecretsPlace find_secrets(const Rotation& rotation) {
  const auto& credentials = rotation.credentials;
  const auto unfit = [&rotation](std::string_view why) {
    return Error::configuration("secret_elsewhere",
                                cat("The client secret cannot be rotated in ", rotation.env_file, ": ", why, '.'))
        .hint(
            "Rotate it by hand: run adit ims secrets add, put the new secret where you keep it, then run adit ims secrets remove.");
  };
  SecretsPlace place{.text = DotenvText::read(rotation.env_file), .settings = {}};
  const auto holds = [&place](const char* setting, std::string_view value) {
    const auto held = place.text.get(setting);
    return held && trim(*held) == trim(value);
  };
  const auto* in_use = credentials.grant() == Grant::jwt ? "JWT_CLIENT_SECRET" : "IMS_OAUTH_S2S_CLIENT_SECRET";
  if (!place.text.get(in_use)) throw unfit(cat(in_use, " is not there"));
  if (!holds(in_use, credentials.client_secret().reveal()))
    throw unfit(cat(in_use, " in the process environment overrides the one there"));
  constexpr std::array<std::pair<const char*, const char*>, 2> kSettings = {
      {{"IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_SECRET"}, {"JWT_CLIENT_ID", "JWT_CLIENT_SECRET"}}};
  for (const auto& [id, secret] : kSettings) {
    const bool same = holds(id, credentials.client_id()) && holds(secret, credentials.client_secret().reveal());
    if (secret == std::string_view(in_use) || same) place.settings.emplace_back(secret);
  }
  return place;
}

Credentials with_secret(const Credentials& credentials, const Secret& secret) {
  if (const auto* jwt = credentials.jwt()) {
    auto changed = *jwt;
    changed.client_secret = secret;
    return changed;
  }
  auto changed = *credentials.oauth();
  changed.client_secret = secret;
  return changed;
}

Error failed(std::string_view step, const Error& why, std::string_view outcome) {
  // If there are two secrets already, the hint is to remove the older one, which is the one in use.
  const bool misleading = why.hint().empty() || why.code() == "secret_limit_reached";
  return Error::failure("rotation_failed", cat(step, ": ", why.message()))
      .hint(cat("The old secret is still in use. ", outcome, misleading ? "" : " ", misleading ? "" : why.hint()))
      .http_status(why.http_status());
}

/// Removes the new secret, which nobody uses yet, and returns a sentence about the outcome.
std::string undo_addition(const Rotation& rotation, const Secret& token, const std::string& uuid) {
  try {
    rotation.secrets.remove(token, uuid);
    return "The new secret was removed again.";
  } catch (const Error& error) {
    return cat("The new secret could not be removed again (", error.message(),
               "). Remove it with: adit ims secrets remove ", shell_word(uuid));
  }
}

/// Describes a secret that was added meanwhile. A response may have been lost, or someone else added it; adit cannot
/// know which, so the user must decide.
std::string describe_added_meanwhile(const Rotation& rotation, const Secret& token, const std::string& known) {
  try {
    for (const auto& secret : rotation.secrets.list(token)) {
      if (secret.uuid != known)
        return cat("A second secret, ", secret.uuid,
                   ", exists now. If nobody else added it, its value is lost; remove it with: adit ims secrets remove ",
                   shell_word(secret.uuid));
    }
    return "No secret was added.";
  } catch (const Error& error) {
    return cat("adit could not check whether a secret was added (", error.message(),
               "). To check, run: adit ims secrets list");
  }
}

ims::ClientSecret added_secret(const Rotation& rotation, const Secret& token, const std::string& known) {
  try {
    return rotation.secrets.add(token);
  } catch (const Error& error) {
    throw failed("No secret could be added", error, describe_added_meanwhile(rotation, token, known));
  }
}

/// Gets a token with the new secret, which proves that it works. Retries refusals until `wait_limit` has passed.
Secret proof_of(const Rotation& rotation, const Secret& secret) {
  using Clock = std::chrono::steady_clock;
  const auto credentials = with_secret(rotation.credentials, secret);
  const auto end = Clock::now() + rotation.wait_limit;
  for (milliseconds wait{250};; wait = std::min(wait * 2, milliseconds(5000))) {
    try {
      return rotation.client.fetch_token(credentials).value;
    } catch (const Error& error) {
      const bool later = error.code() == "invalid_client" || error.retryable();
      if (!later || Clock::now() + wait >= end) throw;
      log(LogLevel::info, cat("the new secret does not work yet (", error.code(), "); asking again"));
    }
    if (!Interrupts::sleep(wait)) throw Error::failure("cancelled", "The rotation was interrupted.");
  }
}

/// Returns true if the secret has been removed from the list. Called if the response to the removal was lost.
bool is_gone(const Rotation& rotation, const Secret& token, const std::string& uuid) {
  try {
    const auto left = rotation.secrets.list(token);
    return std::none_of(left.begin(), left.end(), [&uuid](const auto& secret) { return secret.uuid == uuid; });
  } catch (const Error&) {
    return false;
  }
}

void remove_old(const Rotation& rotation, const Secret& token, const std::string& uuid) {
  try {
    rotation.secrets.remove(token, uuid);
  } catch (const Error& error) {
    if (is_gone(rotation, token, uuid)) return;
    throw Error::failure("old_secret_remains",
                         cat("The new secret is in use, but the old one could not be removed: ", error.message()))
        .hint(cat("Both work. Remove it later: adit ims secrets remove ", shell_word(uuid), '.'))
        .http_status(error.http_status());
  }
}

}  // namespace

Rotated rotate_secret(const Rotation& rotation) {
  auto place = find_secrets(rotation);
  const auto token = rotation.token();
  const auto before = rotation.secrets.list(token);
  if (before.size() != 1)
    throw Error::failure("secret_limit_reached", cat("The credential has ", before.size(),
                                                     " client secrets, and adit cannot find out which is in use."))
        .hint("List them with adit ims secrets list, remove the unused one, then rotate again.");
  const auto& old = before.front().uuid;

  const Interrupts interrupts;  // From here on there is something to undo.
  const auto added = added_secret(rotation, token, old);
  note(cat("added the secret ", added.uuid));
  Secret proof;
  try {
    proof = proof_of(rotation, *added.value);
    note("it works: IMS issued a token for it");
  } catch (const Error& error) {
    throw failed("The new secret does not work", error, undo_addition(rotation, token, added.uuid));
  }
  try {
    for (const auto& setting : place.settings) place.text.set(setting, added.value->reveal());
    place.text.write(rotation.env_file);
    note(cat("wrote it to ", rotation.env_file));
  } catch (const Error& error) {
    throw failed(cat(rotation.env_file, " could not be rewritten"), error, undo_addition(rotation, token, added.uuid));
  }
  Rotated rotated{.added = added.uuid, .removed = {}, .settings = std::move(place.settings)};
  if (rotation.keep_old) return rotated;
  remove_old(rotation, proof, old);
  note(cat("removed the old secret ", old));
  rotated.removed = old;
  return rotated;
}

}  // namespace adit::cli

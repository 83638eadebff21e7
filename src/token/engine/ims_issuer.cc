#include <map>
#include <mutex>

#include "adit/http.h"
#include "adit/token_engine.h"

#include "base/text.h"

namespace adit::token {

std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims, http::Transport& transport, const Clock& clock,
                                         const std::string& route) {
  const auto client = std::make_shared<ims::Client>(ims, transport, clock);
  return std::make_shared<const Issuer>(
      Issuer{cat(ims.url, '\n', route),
             [client](const Credentials& credentials, std::chrono::milliseconds at_most, const std::stop_token& stop) {
               return client->fetch_token(credentials, at_most, stop);
             },
             [client](const Credentials& credentials, const Secret& token) { client->invalidate(token, credentials); },
             [client] { return client->clock_skew(); }});
}

std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims) {
  static std::mutex mutex;
  // Never destroyed, like the engine that uses them.
  static auto& issuers = *new std::map<std::string, std::shared_ptr<const Issuer>>;
  const std::scoped_lock lock(mutex);
  auto& issuer = issuers[ims.url];
  if (!issuer) {
    const auto route = http::Endpoints::from_process().apply(ims.url);
    issuer = ims_issuer(ims, http::Client::shared(), Clock::system(), route == ims.url ? std::string() : route);
  }
  return issuer;
}

}  // namespace adit::token

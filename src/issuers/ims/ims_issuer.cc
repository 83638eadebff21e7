#include "issuers/ims/ims_issuer.h"

#include <map>
#include <mutex>

#include "base/text/text.h"

namespace adit::ims {

namespace {

class ImsIssuer final : public Issuer {
 public:
  ImsIssuer(const Ims& ims, http::Transport& transport, const Clock& clock, std::string id)
      : client_(ims, transport, clock), id_(std::move(id)) {
    if (id_.empty()) id_ = ims.url;
  }

  [[nodiscard]] std::string id() const override { return id_; }
  [[nodiscard]] AccessToken fetch(const Credentials& credentials, std::chrono::milliseconds at_most,
                                  const std::stop_token& stop) override {
    return client_.fetch_token(credentials, at_most, stop);
  }
  void revoke(const Credentials& credentials, const Secret& token) override { client_.invalidate(token, credentials); }
  [[nodiscard]] std::chrono::milliseconds clock_skew() const override { return client_.clock_skew(); }

 private:
  Client client_;
  std::string id_;
};

}  // namespace

std::string issuer_id(const Ims& ims, const http::Endpoints& routes) {
  const auto routed = routes.apply(ims.url);
  return routed == ims.url ? routed : cat(ims.url, '\n', routed);
}

std::shared_ptr<Issuer> ims_issuer(const Ims& ims, http::Transport& transport, const Clock& clock, std::string id) {
  return std::make_shared<ImsIssuer>(ims, transport, clock, std::move(id));
}

std::shared_ptr<Issuer> ims_issuer(const Ims& ims) {
  static std::mutex mutex;
  // Never destroyed, like the engine that uses them.
  static auto& issuers = *new std::map<std::string, std::shared_ptr<Issuer>>;
  const std::scoped_lock lock(mutex);
  auto& issuer = issuers[ims.url];
  if (!issuer) {
    issuer = ims_issuer(ims, http::Client::shared(), Clock::system(), issuer_id(ims, http::Endpoints::from_process()));
  }
  return issuer;
}

}  // namespace adit::ims

#include "adit/token_source.h"

#include <map>
#include <mutex>

#include "adit/environment.h"
#include "adit/token_engine.h"

#include "token/engine/credential_source.h"

namespace adit {

Token TokenSource::get() { return source_->state().get(); }
Token TokenSource::get(const TokenOptions& options) { return source_->state().get(options); }

std::variant<Token, Error> TokenSource::try_get(const TokenOptions& options) {
  try {
    return get(options);
  } catch (const Error& error) {
    return error;
  }
}

void TokenSource::async_get(Handler handler, const TokenOptions& options) {
  source_->state().async_get(std::move(handler), options);
}

bool TokenSource::report_rejected(const Secret& token) { return source_->state().report_rejected(token); }
void TokenSource::revoke() { source_->state().revoke(); }
void TokenSource::clear() { source_->state().clear(); }
TokenStatus TokenSource::status() const { return source_->state().status(); }

namespace {

token::TokenObserver& process_observer() {
  static auto& observer = *new token::TokenObserver;
  return observer;
}

token::TokenEngine& process_engine() {
  // Never destroyed: when the program ends, its threads may still be waiting for IMS.
  static auto& engine = *[] {
    token::EngineOptions options;
    if (const auto url = Environment::process().get("ADIT_TOKEN_STORE"); url && !url->empty()) {
      options.store = token::open_store(*url);
    }
    options.observer = process_observer();
    return new token::TokenEngine(std::move(options));
  }();
  return engine;
}

}  // namespace

namespace token {

void set_token_observer(TokenObserver observer) { process_observer() = std::move(observer); }
TokenCounters token_counters() { return process_engine().counters(); }

}  // namespace token

TokenSource token_source(const Credentials& credentials) {
  // Read once, because an action calls this in each activation.
  static const auto policy = token::RefreshPolicy::from_environment(Environment::process());
  return token_source(credentials, ims::Ims::from_process(), policy);
}

TokenSource token_source(const Credentials& credentials, const ims::Ims& ims, const token::RefreshPolicy& policy) {
  return process_engine().source(credentials, ims::ims_issuer(ims), policy);
}

}  // namespace adit

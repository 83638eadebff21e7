#include "adit/token_source.h"

#include <map>
#include <mutex>

#include "adit/environment.h"
#include "adit/token_engine.h"

#include "token/engine/credential_state.h"

namespace adit {

TokenSource::TokenSource(std::shared_ptr<token::CredentialState> state)
    : state_(std::move(state)), head_(state_.get()) {}

Token TokenSource::get(const TokenWish& wish) { return state_->get(wish); }
std::optional<Token> TokenSource::cached() const { return state_->cached(); }
void TokenSource::async_get(Handler handler, const TokenWish& wish) { state_->async_get(std::move(handler), wish); }
bool TokenSource::refused(const Secret& token) { return state_->refused(token); }
void TokenSource::revoke() { state_->revoke(); }
void TokenSource::clear() { state_->clear(); }
TokenStatus TokenSource::status() const { return state_->status(); }

namespace {

token::TokenEngine& process_engine() {
  // Never freed: at the program's end its threads may be in the middle of an exchange that nobody waits for any more.
  static auto& engine = *[] {
    token::EngineOptions options;
    if (const auto url = Environment::process().get("ADIT_TOKEN_STORE"); url && !url->empty()) {
      options.store = token::open_store(*url);
    }
    return new token::TokenEngine(std::move(options));
  }();
  return engine;
}

}  // namespace

TokenSource token_source(const Credentials& credentials) {
  // Read once: an action comes here at every activation.
  static const auto policy = token::RefreshPolicy::from_environment(Environment::process());
  return token_source(credentials, ims::Ims::from_process(), policy);
}

TokenSource token_source(const Credentials& credentials, const ims::Ims& ims, const token::RefreshPolicy& policy) {
  return process_engine().source(credentials, token::ims_issuer(ims), policy);
}

}  // namespace adit

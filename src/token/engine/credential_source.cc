#include "token/engine/credential_source.h"

namespace adit::token {

CredentialSource::CredentialSource(std::shared_ptr<EngineProcesses> engine, std::string key,
                                   std::shared_ptr<CredentialState> state)
    : engine_(std::move(engine)), key_(std::move(key)), account_(state->account()) {
  state_.get([&](const auto*) { return std::move(state); });
}

CredentialState& CredentialSource::state() {
  return *state_.get([this](const std::shared_ptr<CredentialState>* inherited) {
    return engine_->state(key_, [&](const std::shared_ptr<EngineContext>& context) {
      return std::make_shared<CredentialState>(account_, context,
                                               inherited == nullptr ? nullptr : (*inherited)->token_of_this_thread());
    });
  });
}

}  // namespace adit::token

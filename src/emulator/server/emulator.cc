#include "adit/emulator.h"

#include "emulator/server/service.h"
#include "emulator/server/stats.h"
#include "http/client/local_emulator.h"

namespace adit::emulator {

Emulator::Emulator(Options options) : service_(std::make_unique<Service>(std::move(options))) {}

Emulator::~Emulator() = default;

std::string Emulator::origin() const { return service_->origin(); }

std::uint16_t Emulator::port() const { return service_->port(); }

void Emulator::register_integration(Integration integration) {
  service_->integrations.put(std::move(integration), service_->clock().wall_now());
}

json::object Emulator::stats() const { return stats_of(*service_); }

http::Endpoints Emulator::routes() const { return routes_to(origin()); }

void Emulator::set_fault(Fault fault) { service_->add_faults({std::move(fault)}); }

void Emulator::clear_faults() { service_->faults.clear(); }

std::string Emulator::plain_origin() const { return service_->plain_origin(); }

const std::string& Emulator::ca_pem() const { return service_->ca_pem(); }

void Emulator::rotate_key() { service_->rotate_key(); }

std::vector<std::string> adobe_origins() { return http::emulated_origins(); }

http::Endpoints routes_to(const std::string& origin) { return http::with_emulator({}, origin); }

}  // namespace adit::emulator

package io.millrace.boot.autoconfigure.actuate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.AdditionalPathsMapper;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;

/**
 * Has the health endpoint say {@code DEGRADED} where nothing is worse. Boot leaves
 * statuses that it does not know out of the sum. This is for the endpoint only: others
 * who ask for the sum, as service registries do, would take what they do not know for a
 * reason to send no more requests, to all instances at once.
 */
class DegradedStatusGroups implements HealthEndpointGroups, AdditionalPathsMapper {

	private final HealthEndpointGroups groups;

	DegradedStatusGroups(HealthEndpointGroups groups) {
		this.groups = groups;
	}

	@Override
	public HealthEndpointGroup getPrimary() {
		return new Group(this.groups.getPrimary());
	}

	@Override
	public Set<String> getNames() {
		return this.groups.getNames();
	}

	@Override
	public @Nullable HealthEndpointGroup get(String name) {
		HealthEndpointGroup group = this.groups.get(name);
		return (group != null) ? new Group(group) : null;
	}

	@Override
	public @Nullable List<String> getAdditionalPaths(EndpointId endpointId, WebServerNamespace webServerNamespace) {
		return (this.groups instanceof AdditionalPathsMapper mapper)
				? mapper.getAdditionalPaths(endpointId, webServerNamespace) : null;
	}

	/**
	 * Sum up.
	 * @param aggregator who does it otherwise; what it says of our status counts
	 * @param statuses the statuses
	 * @return the sum
	 */
	static Status aggregate(StatusAggregator aggregator, Set<Status> statuses) {
		Status degraded = MillraceHealthIndicator.DEGRADED;
		if (!statuses.contains(degraded) || aggregator.getAggregateStatus(degraded).equals(degraded)) {
			return aggregator.getAggregateStatus(statuses);
		}
		Set<Status> others = new LinkedHashSet<>(statuses);
		others.remove(degraded);
		Status sum = aggregator.getAggregateStatus(others);
		return (sum.equals(Status.UP) || sum.equals(Status.UNKNOWN)) ? degraded : sum;
	}

	private record Group(HealthEndpointGroup group) implements HealthEndpointGroup {

		@Override
		public boolean isMember(String name) {
			return this.group.isMember(name);
		}

		@Override
		public boolean showComponents(SecurityContext securityContext) {
			return this.group.showComponents(securityContext);
		}

		@Override
		public boolean showDetails(SecurityContext securityContext) {
			return this.group.showDetails(securityContext);
		}

		@Override
		public StatusAggregator getStatusAggregator() {
			StatusAggregator aggregator = this.group.getStatusAggregator();
			return (statuses) -> aggregate(aggregator, statuses);
		}

		@Override
		public HttpCodeStatusMapper getHttpCodeStatusMapper() {
			return this.group.getHttpCodeStatusMapper();
		}

		@Override
		public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
			return this.group.getAdditionalPath();
		}

	}

}

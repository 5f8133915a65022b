package io.millrace.boot.autoconfigure.actuate;

import java.security.Principal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * What the endpoint has for HTTP in the place of what it has for all: it knows who asks,
 * and has pages and streams besides documents. An endpoint can have one extension only,
 * so that those are {@linkplain WebEndpointPart beans}.
 */
@EndpointWebExtension(endpoint = MillraceEndpoint.class)
public class MillraceEndpointWebExtension {

	private static final int STATUS_CONFLICT = 409;

	private final MillraceEndpoint endpoint;

	private final Map<String, WebEndpointPart> parts;

	private final MillraceEndpointProperties properties;

	private final RunTimeChanges changes;

	private final boolean reactive;

	/**
	 * Create the extension.
	 * @param endpoint the endpoint
	 * @param parts what is there for HTTP only
	 * @param properties who may see what
	 * @param changes makes changes
	 * @param reactive whether WebFlux asks
	 */
	public MillraceEndpointWebExtension(MillraceEndpoint endpoint, Collection<? extends WebEndpointPart> parts,
			MillraceEndpointProperties properties, RunTimeChanges changes, boolean reactive) {
		this.endpoint = endpoint;
		this.parts = parts.stream().collect(Collectors.toUnmodifiableMap(WebEndpointPart::name, Function.identity()));
		this.properties = properties;
		this.changes = changes;
		this.reactive = reactive;
	}

	/**
	 * A part.
	 * @param security who asks
	 * @param type what was asked for, {@code null} where that is none of what there is
	 * @param part its name
	 * @param sort by what lists are sorted
	 * @param limit how long they may be
	 * @return the part, {@code null} where there is none of that name
	 */
	// It has to produce what the operation produces that it takes the place of.
	@ReadOperation(producesFrom = PartMediaType.class)
	public @Nullable Object part(SecurityContext security, @Nullable PartMediaType type, @Selector String part,
			@Nullable String sort, @Nullable Integer limit) {
		WebEndpointPart own = this.parts.get(part);
		if (own != null) {
			return own.read(security, List.of());
		}
		Map<String, Object> document = this.endpoint.read(part, new PartQuery(sort, limit,
				this.properties.showsAddresses(security), this.properties.showsValues(security)));
		PartMediaType wanted = (type != null) ? type : PartMediaType.ACTUATOR_JSON;
		return (document != null) ? new WebEndpointResponse<>(document, wanted.ofDocument()) : null;
	}

	/**
	 * What is below a part.
	 * @param security who asks
	 * @param part its name
	 * @param path the segments below it
	 * @return what is there, {@code null} where there is nothing
	 */
	@ReadOperation(producesFrom = PartMediaType.class)
	public @Nullable Object below(SecurityContext security, @Selector String part,
			@Selector(match = Match.ALL_REMAINING) String... path) {
		WebEndpointPart own = this.parts.get(part);
		return (own != null) ? own.read(security, below(part, path)) : null;
	}

	// WebFlux begins with the first segment that is a variable (Boot 4.1,
	// AbstractWebFluxEndpointHandlerMapping#getRemainingPathSegments), Spring MVC behind
	// the last.
	private List<String> below(String part, String[] path) {
		boolean itself = this.reactive && path.length > 0 && path[0].equals(part);
		return List.of(path).subList(itself ? 1 : 0, path.length);
	}

	/**
	 * Change what can be changed at run time: see {@link MillraceEndpoint#change}.
	 * @param security who wants it
	 * @param workers how many requests the workers run at once
	 * @param queueCapacity how many may wait for a worker
	 * @param limit how many requests may be in flight
	 * @param limitMin what an adaptive limit never falls below
	 * @param limitMax what an adaptive limit never rises above
	 * @param drain whether to accept no more, or to accept again; given alone
	 * @return what has changed and what everything is now, or what is wrong
	 */
	@WriteOperation
	public WebEndpointResponse<Map<String, Object>> change(SecurityContext security, @Nullable Integer workers,
			@Nullable Integer queueCapacity, @Nullable Integer limit, @Nullable Integer limitMin,
			@Nullable Integer limitMax, @Nullable Boolean drain) {
		Principal principal = security.getPrincipal();
		try {
			return new WebEndpointResponse<>(
					this.changes.change(RunTimeChanges.values(workers, queueCapacity, limit, limitMin, limitMax), drain,
							(principal != null) ? principal.getName() : null));
		}
		catch (IllegalArgumentException ex) {
			return wrong(WebEndpointResponse.STATUS_BAD_REQUEST, ex);
		}
		catch (IllegalStateException ex) {
			return wrong(STATUS_CONFLICT, ex);
		}
	}

	// Boot's own answer leaves the reason out.
	private static WebEndpointResponse<Map<String, Object>> wrong(int status, RuntimeException reason) {
		return new WebEndpointResponse<>(new Fields().add("status", status).add("message", reason.getMessage()).toMap(),
				status);
	}

}

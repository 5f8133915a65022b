package io.millrace.boot.autoconfigure.actuate;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.millrace.boot.RunningEngine;
import io.millrace.core.Engine;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The actuator endpoint {@code millrace}: what the engine of the application is doing.
 * Reading is what it allows unless {@code management.endpoint.millrace.access} says
 * otherwise. Operations with one selector share a path, so that all parts are one
 * operation, which looks for the {@link EndpointPart} of the name.
 */
@Endpoint(id = "millrace", defaultAccess = Access.READ_ONLY)
public class MillraceEndpoint {

	private final RunningEngine engine;

	private final Map<String, EndpointPart> parts;

	private final MillraceEndpointProperties properties;

	private final RunTimeChanges changes;

	/**
	 * Create the endpoint.
	 * @param engine finds the engine
	 * @param parts what there is to read, besides the snapshot
	 * @param properties who may see what
	 * @param changes makes changes
	 */
	public MillraceEndpoint(RunningEngine engine, Collection<? extends EndpointPart> parts,
			MillraceEndpointProperties properties, RunTimeChanges changes) {
		this.engine = engine;
		this.parts = parts.stream().collect(Collectors.toUnmodifiableMap(EndpointPart::name, Function.identity()));
		this.properties = properties;
		this.changes = changes;
	}

	/**
	 * What the engine is doing, and what it has done.
	 * @return a {@link SnapshotDocument}, {@code null} where no engine of ours serves
	 */
	@ReadOperation
	public @Nullable Map<String, Object> snapshot() {
		Engine engine = this.engine.get();
		return (engine != null) ? OperationResponseBody.of(SnapshotDocument.of(engine.snapshot())) : null;
	}

	/**
	 * A part of it.
	 * @param part its name, such as connections
	 * @param sort by what lists are sorted
	 * @param limit how long they may be
	 * @return the part, {@code null} where there is none of that name
	 */
	@ReadOperation(producesFrom = PartMediaType.class)
	public @Nullable Map<String, Object> part(@Selector String part, @Nullable String sort, @Nullable Integer limit) {
		return read(part, new PartQuery(sort, limit, this.properties.getShowAddresses().isShown(true),
				this.properties.getShowValues().isShown(true)));
	}

	@Nullable Map<String, Object> read(String name, PartQuery query) {
		EndpointPart part = this.parts.get(name);
		Engine engine = this.engine.get();
		return (part != null && engine != null) ? OperationResponseBody.of(part.read(engine, query)) : null;
	}

	/**
	 * Change what can be changed at run time: all that is given, or nothing where one of
	 * it cannot be.
	 * @param workers how many requests the workers run at once
	 * @param queueCapacity how many may wait for a worker
	 * @param limit how many requests may be in flight
	 * @param limitMin what an adaptive limit never falls below
	 * @param limitMax what an adaptive limit never rises above
	 * @param drain whether to accept no more, or to accept again; given alone
	 * @return what has changed, and what everything is now
	 * @throws InvalidEndpointRequestException saying what is wrong
	 */
	@WriteOperation
	public Map<String, Object> change(@Nullable Integer workers, @Nullable Integer queueCapacity,
			@Nullable Integer limit, @Nullable Integer limitMin, @Nullable Integer limitMax, @Nullable Boolean drain) {
		try {
			return this.changes.change(RunTimeChanges.values(workers, queueCapacity, limit, limitMin, limitMax), drain,
					null);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			String message = String.valueOf(ex.getMessage());
			throw new InvalidEndpointRequestException(message, message, ex);
		}
	}

}

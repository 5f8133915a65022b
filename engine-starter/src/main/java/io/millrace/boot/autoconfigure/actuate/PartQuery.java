package io.millrace.boot.autoconfigure.actuate;

import org.jspecify.annotations.Nullable;

/**
 * What a part of the endpoint is asked for.
 *
 * @param sort by what lists are sorted, {@code null} where nothing is said
 * @param limit how long lists may be, {@code null} where nothing is said
 * @param showAddresses whether who asks may see the addresses of clients
 * @param showValues whether who asks may see values that may be secret
 */
public record PartQuery(@Nullable String sort, @Nullable Integer limit, boolean showAddresses, boolean showValues) {

}

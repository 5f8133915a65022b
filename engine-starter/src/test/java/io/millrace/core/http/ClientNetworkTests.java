package io.millrace.core.http;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whom addresses stand for.
 */
class ClientNetworkTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1", "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::", "::1, ::", "fe80::1%1, fe80::",
			"::ffff:192.0.2.1, 192.0.2.1" })
	void anIpv4AddressIsAClientAndAnIpv6NetworkIsOne(String address, String network) throws Exception {
		assertThat(ClientNetwork.of(InetAddress.getByName(address))).isEqualTo(InetAddress.getByName(network));
	}

	@Test
	void neighboursInAnIpv6NetworkAreOneClient() throws Exception {
		InetAddress first = ClientNetwork.of(InetAddress.getByName("2001:db8::1"));
		assertThat(first).isEqualTo(ClientNetwork.of(InetAddress.getByName("2001:db8::ffff:2")))
			.isNotEqualTo(ClientNetwork.of(InetAddress.getByName("2001:db8:0:1::1")));
	}

}

package io.millrace.boot.autoconfigure.actuate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressMaskTests {

	@ParameterizedTest
	@CsvSource({ "203.0.113.77,203.0.113.0/24", "2001:db8:abcd:1:2:3:4:5,2001:db8:abcd::/48", "::1,0:0:0::/48" })
	void anAddressBecomesItsNetwork(String address, String network) throws UnknownHostException {
		assertThat(AddressMask.masked(new InetSocketAddress(InetAddress.getByName(address), 80))).isEqualTo(network);
	}

	@ParameterizedTest
	@CsvSource({ "203.0.113.77,203.0.113.77", "fe80::1%1,fe80:0:0:0:0:0:0:1" })
	void anAddressIsShownWithoutPortAndInterface(String address, String shown) throws UnknownHostException {
		assertThat(AddressMask.plain(new InetSocketAddress(InetAddress.getByName(address), 80))).isEqualTo(shown);
	}

	@Test
	void whatIsNoAddressHasNoNetwork() {
		assertThat(AddressMask.masked(InetSocketAddress.createUnresolved("client", 80))).isNull();
	}

}

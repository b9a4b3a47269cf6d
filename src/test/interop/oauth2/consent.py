def run(gateway, built):
    return 0
